package dev.skein.protocol.packet;

/** What {@link FrameReader#next} found. */
public enum Frame {
  /** No more frames. */
  END,
  /** The rest breaks a rule of PROTOCOL §7; nothing more can be read. */
  MALFORMED,
  /** A run of padding. */
  PADDING,
  PING,
  /** See {@link FrameReader#ackLargest} and {@link FrameReader#nextAckRange}. */
  ACK,
  /** See {@link FrameReader#pathToken}. */
  PATH_CHALLENGE,
  /** See {@link FrameReader#pathToken}. */
  PATH_RESPONSE,
  /** See {@link FrameReader#closeCode} and {@link FrameReader#closeText}. */
  CLOSE,
  /** See {@link FrameReader#receivedCount}. */
  RECEIVED,
  PONG,
  /** See {@link FrameReader#dataOffset} and {@link FrameReader#dataLength}. */
  MOVE,
  /** See {@link FrameReader#kind} and the accessors after it. */
  MESSAGE;

  static final int CODE_PADDING = 0x00;
  static final int CODE_PING = 0x01;
  static final int CODE_ACK = 0x02;
  static final int CODE_PATH_CHALLENGE = 0x03;
  static final int CODE_PATH_RESPONSE = 0x04;
  static final int CODE_CLOSE = 0x05;
  static final int CODE_RECEIVED = 0x06;
  static final int CODE_PONG = 0x07;
  static final int CODE_MOVE = 0x08;
  static final int CODE_MESSAGE = 0x20;

  static final int KIND_SHIFT = 2;
  static final int FRAGMENT = 0b10;
  static final int HAS_LENGTH = 0b01;

  /** The most ranges an ACK carries, its first included. */
  public static final int ACK_MAX_RANGES = 32;

  /** The most fragments of one message. */
  public static final int MAX_FRAGMENTS = 64;

  /** The least data in every fragment of a message but its last, against memory amplification. */
  public static final int FRAGMENT_MIN_BYTES = 512;

  /** The longest text of a CLOSE in bytes of UTF-8. */
  public static final int CLOSE_TEXT_MAX_BYTES = 256;

  /** The longest body of a MOVE. */
  public static final int MOVE_MAX_BYTES = 931;

  /** Bytes of a PATH_CHALLENGE or PATH_RESPONSE. */
  public static final int PATH_BYTES = 9;
}
