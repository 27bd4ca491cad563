package dev.tailrace.config;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom TLS trusts, and how it shows who we are; all in PEM. Immutable; prints no key.
 *
 * @param ca those who sign the others' certificates; null where it is not said
 * @param certificate ours, with those between it and its CA; null for none
 * @param key of our certificate, PKCS8 and not encrypted
 */
public record PemTls(@Nullable String ca, @Nullable String certificate, @Nullable String key) {
  /** No CA and no certificate. */
  public static final PemTls NONE = new PemTls(null, null, null);

  /** The key of the CA, in sections and on command lines. */
  public static final String CA = "ca";

  /** Likewise of our certificate. */
  public static final String CERTIFICATE = "certificate";

  /** Likewise of its key. */
  public static final String KEY = "key";

  private static final String PEM = "allowed: PEM, such as \"${file:/run/secrets/%s.pem}\"";

  /**
   * Something that is wrong with it.
   *
   * @param key where: {@link #CA}, {@link #CERTIFICATE} or {@link #KEY}
   * @param what is wrong
   * @param allowed what would be right
   */
  public record Problem(String key, String what, String allowed) {}

  /**
   * Of a section with these keys.
   *
   * @param ca describes that key
   * @param certificate likewise
   */
  public static ObjectSchema schema(String ca, String certificate) {
    return ObjectSchema.builder()
        .text(CA, null, ca)
        .text(CERTIFICATE, null, certificate)
        .text(KEY, null, "Its key, as PEM: PKCS8, not encrypted")
        .secret(KEY)
        .build();
  }

  /** Reads such a section. */
  public static PemTls read(ConfigSection section) {
    return new PemTls(
        section.optionalText(CA).orElse(null),
        section.optionalText(CERTIFICATE).orElse(null),
        section.optionalText(KEY).orElse(null));
  }

  /** Whether we can show who we are, as every server of TLS has to. */
  public boolean hasIdentity() {
    return certificate != null && key != null;
  }

  /** What is wrong with it, in the section from which it was read. */
  public List<ConfigError> errors(ConfigSection section) {
    return problems().stream()
        .map(problem -> section.error(problem.key, problem.what, problem.allowed))
        .toList();
  }

  /** What is wrong with it. */
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if ((certificate == null) != (key == null)) {
      String missing = key == null ? KEY : CERTIFICATE;
      problems.add(
          new Problem(missing, "is missing", "allowed: both certificate and key, or none"));
    }
    ofCertificates(CA, ca).ifPresent(problems::add);
    ofCertificates(CERTIFICATE, certificate).ifPresent(problems::add);
    ofKey().ifPresent(problems::add);
    if (problems.isEmpty()) {
      ofPair().ifPresent(problems::add);
    }
    return problems;
  }

  private static Optional<Problem> ofCertificates(String name, @Nullable String pem) {
    if (pem == null) {
      return Optional.empty();
    }
    try {
      Pem.certificates(pem);
      return Optional.empty();
    } catch (GeneralSecurityException unreadable) {
      return Optional.of(new Problem(name, "cannot be read as a certificate", PEM.formatted(name)));
    }
  }

  private Optional<Problem> ofKey() {
    if (key == null) {
      return Optional.empty();
    }
    try {
      Pem.key(key);
      return Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
      return Optional.of(
          new Problem(
              KEY,
              "is no PKCS8 key of RSA or EC, or it is encrypted",
              PEM.formatted("key") + ", which begins with BEGIN PRIVATE KEY"));
    }
  }

  /** Of two that can both be read. */
  private Optional<Problem> ofPair() {
    if (certificate == null || key == null) {
      return Optional.empty();
    }
    boolean fit;
    try {
      fit = Pem.belongTogether(Pem.key(key), Pem.certificates(certificate).get(0).getPublicKey());
    } catch (GeneralSecurityException unfit) {
      fit = false;
    }
    return fit
        ? Optional.empty()
        : Optional.of(
            new Problem(
                KEY,
                "is not the key of the certificate",
                "allowed: the key of the first certificate in certificate"));
  }

  @Override
  public String toString() {
    return "TLS";
  }
}
