package dev.skein.protocol.record;

/** The type tags of PROTOCOL §10.4. */
final class Tag {
  static final int ABSENT = 0x00;
  static final int BOOL = 0x01;
  static final int INT8 = 0x02;
  static final int INT16 = 0x03;
  static final int INT32 = 0x04;
  static final int INT64 = 0x05;
  static final int FLOAT32 = 0x06;
  static final int FLOAT64 = 0x07;
  static final int STRING = 0x08;
  static final int BYTES = 0x09;
  static final int RECORD = 0x0a;
  static final int LIST = 0x0b;

  private Tag() {}
}
