package dev.skein.client;

import java.io.IOException;

/**
 * How records lie in a byte stream (PROTOCOL §1). One instance a connection; confined to the loop.
 */
interface Framing {

  /** What the bytes turn out to be. */
  interface Records {
    /** The stream is open for records. */
    void onReady();

    /** One record; the bytes may be overwritten during the call. */
    void onRecord(byte[] buffer, int offset, int length);

    /** The framing itself has to say something. */
    void onReply(byte[] frame);

    /** False once the records are not wanted any more: the connection was given up. */
    boolean wanted();
  }

  /** The longest record either side may send, its tag included. */
  int RECORD_MAX_BYTES = 131_072;

  /** What the client says first; empty if the stream is open for records at once. */
  byte[] greeting();

  /** Bytes to leave free before a record for {@link #frame}. */
  int headerRoomBytes();

  /**
   * Makes a frame of the record at {@code recordAt}, writing before and over it.
   *
   * @return where the frame begins; it ends where the record ended
   */
  int frame(byte[] buffer, int recordAt, int length);

  /**
   * Reads the whole frames from {@code from} to {@code to}.
   *
   * @return the offset of the first byte that was not read
   * @throws IOException if the bytes are no such frames
   */
  int read(byte[] buffer, int from, int to, Records records) throws IOException;
}
