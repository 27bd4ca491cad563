package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListenExceptionTest {
  private static final ListenAddress ADMIN = new ListenAddress("admin", "127.0.0.1", 80);

  static Stream<IOException> ofThePort() {
    return Stream.of(
        new BindException("Permission denied"),
        new IOException("bind(..) failed with error(-98): Address already in use"),
        new IOException("bind(..) failed with error(-13): Permission denied"));
  }

  @ParameterizedTest
  @MethodSource("ofThePort")
  void whereThePortIsAtFaultItIsNamed(IOException cause) {
    assertThat(new ListenException(ADMIN, cause))
        .hasMessageStartingWith("admin.port: cannot listen on 127.0.0.1:80")
        .hasMessageContaining(cause.getMessage());
  }

  @Test
  void elseItIsTheHost() {
    assertThat(new ListenException(ADMIN, new UnknownHostException("nowhere")))
        .hasMessageStartingWith("admin.host: cannot listen on 127.0.0.1:80");
  }
}
