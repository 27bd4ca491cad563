package dev.tailrace.config;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys, out of text. */
public final class Pem {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  /** What servers and clients of TLS have keys of here, and how such a key signs. */
  private enum Kind {
    RSA("SHA256withRSA"),
    EC("SHA256withECDSA");

    private final String signature;

    Kind(String signature) {
      this.signature = signature;
    }
  }

  private Pem() {}

  /** The certificates, in their order: at least one, or it fails. */
  public static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    byte[] bytes = pem.getBytes(StandardCharsets.UTF_8);
    List<X509Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate");
    }
    return certificates;
  }

  /** The key: of RSA or EC, as PKCS8 and not encrypted, or it fails. */
  public static PrivateKey key(String pem) throws GeneralSecurityException {
    Matcher block = PKCS8.matcher(pem);
    if (!block.find()) {
      throw new InvalidKeySpecException("no PKCS8");
    }
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
    InvalidKeySpecException unreadable = new InvalidKeySpecException("neither RSA nor EC");
    for (Kind kind : Kind.values()) {
      try {
        return KeyFactory.getInstance(kind.name()).generatePrivate(encoded);
      } catch (InvalidKeySpecException other) {
        unreadable.addSuppressed(other);
      }
    }
    throw unreadable;
  }

  /** Whether what the one signs is the other's signature. */
  static boolean belongTogether(PrivateKey key, PublicKey shown) throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(shown.getAlgorithm())) {
      return false;
    }
    byte[] text = "tailrace".getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance(Kind.valueOf(key.getAlgorithm()).signature);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(shown);
    signature.update(text);
    return signature.verify(signed);
  }
}
