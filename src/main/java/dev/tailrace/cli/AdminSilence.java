package dev.tailrace.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why no answer comes from an admin server, and what to do about it. */
final class AdminSilence {
  private static final int DEEPEST = 10;

  private AdminSilence() {}

  /** One sentence for whoever gave the command. */
  static String told(URI url, IOException failure) {
    if (failure instanceof ConnectException || failure instanceof HttpTimeoutException) {
      return "no pool answers at " + url + " (" + failure + "); --url names another admin server";
    }
    if (!"https".equals(url.getScheme())) {
      return "no pool answers at %s (%s); --url names another admin server: with admin.tls, its address begins with https://"
          .formatted(url, failure);
    }
    return tls(url, failure);
  }

  private static String tls(URI url, IOException failure) {
    if (cause(failure, CertificateExpiredException.class) != null) {
      return "the certificate of " + url + " has expired: renew admin.tls, and reload";
    }
    if (cause(failure, CertPathBuilderException.class) != null
        || cause(failure, CertPathValidatorException.class) != null) {
      return "the certificate of "
          + url
          + " is not signed by a CA that is trusted here: --ca names"
          + " the file of the one that signed it";
    }
    CertificateException otherName = cause(failure, CertificateException.class);
    if (otherName != null) {
      return "the certificate of %s is for another name (%s): --url takes one that is in it"
          .formatted(url, otherName.getMessage());
    }
    String message = messages(failure);
    if (message.contains("SSL message")) {
      return "what answers at "
          + url
          + " speaks no TLS: without admin.tls, the address begins with http://";
    }
    if (message.contains("certificate")) { // an alert
      return "%s does not take the certificate of this command, or asks for one: --certificate and --key name one that is signed by its admin.tls.ca"
          .formatted(url);
    }
    return "no pool answers at %s (%s); --url names another admin server, and where it asks for certificates, --certificate and --key name one"
        .formatted(url, failure);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
    return causes(failure).filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
  }

  private static String messages(Throwable failure) {
    return causes(failure).map(Throwable::toString).collect(Collectors.joining("\n"));
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.<@Nullable Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
        .limit(DEEPEST)
        .map(Objects::requireNonNull);
  }
}
