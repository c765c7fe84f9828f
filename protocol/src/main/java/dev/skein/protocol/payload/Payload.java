package dev.skein.protocol.payload;

/**
 * What fills a payload: a request, an event or a reply, with {@link PayloadReader#decode} for it.
 */
public interface Payload {

  /** Appends the fields. */
  void write(PayloadWriter out);

  /** The payload. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }
}
