package dev.skein.bench.rudp;

import java.util.Locale;
import java.util.function.Supplier;

/** The protocols that are compared. */
enum Protocol {
  SKEIN_RELIABLE(true, () -> new SkeinContender(true)),
  SKEIN_UNRELIABLE(true, () -> new SkeinContender(false)),
  KCP(false, KcpContender::new),
  QUIC(true, QuicContender::new),
  TCP(false, TcpContender::new);

  private final boolean encrypted;
  private final Supplier<Contender> contender;

  Protocol(boolean encrypted, Supplier<Contender> contender) {
    this.encrypted = encrypted;
    this.contender = contender;
  }

  /** The name in options and results: lower case with dashes. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean encrypted() {
    return encrypted;
  }

  /** A new one, for one end. */
  Contender contender() {
    return contender.get();
  }
}
