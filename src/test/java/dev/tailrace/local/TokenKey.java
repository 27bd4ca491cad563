package dev.tailrace.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** A key made for one test, which signs tokens as a login server does (JWT, RS256). */
public final class TokenKey {
  private static final String NAME = "test";
  private static final int BITS = 2048;

  private final KeyPair pair;

  /** Another one each time. */
  public TokenKey() {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
      keys.initialize(BITS);
      this.pair = keys.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JVM has RSA", missing);
    }
  }

  /** What brokers need to check its signatures: a set of one key (JWKS). */
  public String publicSet() {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(NAME, number(key.getModulus()), number(key.getPublicExponent()));
  }

  /**
   * A token.
   *
   * @param claims a JSON object
   */
  public String token(String claims) {
    String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" + NAME + "\"}";
    String signed = part(header.getBytes(UTF_8)) + "." + part(claims.getBytes(UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + part(signature.sign());
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JVM has SHA256withRSA", missing);
    }
  }

  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    boolean signed = bytes[0] == 0;
    return part(signed ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
