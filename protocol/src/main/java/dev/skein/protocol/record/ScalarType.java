package dev.skein.protocol.record;

/** Numbers, truth values, texts and byte strings. */
enum ScalarType implements ValueType {
  BOOL(Tag.BOOL, false, boolean.class, Boolean.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int8((Boolean) value ? 1 : 0);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      expect(tag);
      return in.bool();
    }
  },
  INT8(Tag.INT8, (byte) 0, byte.class, Byte.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int8((Byte) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      return (byte) integer(tag, in, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
  },
  INT16(Tag.INT16, (short) 0, short.class, Short.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int16((Short) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      return (short) integer(tag, in, Short.MIN_VALUE, Short.MAX_VALUE);
    }
  },
  INT32(Tag.INT32, 0, int.class, Integer.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int32((Integer) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      return (int) integer(tag, in, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
  },
  INT64(Tag.INT64, 0L, long.class, Long.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int64((Long) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      return integer(tag, in, Long.MIN_VALUE, Long.MAX_VALUE);
    }
  },
  FLOAT32(Tag.FLOAT32, 0f, float.class, Float.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int32(Float.floatToRawIntBits((Float) value));
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      expect(tag);
      return Float.intBitsToFloat(in.int32());
    }
  },
  FLOAT64(Tag.FLOAT64, 0d, double.class, Double.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.int64(Double.doubleToRawLongBits((Double) value));
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      if (tag == Tag.FLOAT32) {
        return (double) Float.intBitsToFloat(in.int32());
      }
      expect(tag);
      return Double.longBitsToDouble(in.int64());
    }
  },
  STRING(Tag.STRING, "", String.class, String.class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.string((String) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      expect(tag);
      return in.string();
    }
  },
  BYTES(Tag.BYTES, new byte[0], byte[].class, byte[].class) {
    @Override
    public void write(Object value, RecordWriter out, int depth) {
      out.blob((byte[]) value);
    }

    @Override
    public Object read(int tag, RecordReader in, int depth) {
      expect(tag);
      return in.blob();
    }
  };

  private final int tag;
  private final Object defaultValue;
  private final Class<?> plain;
  private final Class<?> boxed;

  ScalarType(int tag, Object defaultValue, Class<?> plain, Class<?> boxed) {
    this.tag = tag;
    this.defaultValue = defaultValue;
    this.plain = plain;
    this.boxed = boxed;
  }

  @Override
  public int tag() {
    return tag;
  }

  @Override
  public Object defaultValue() {
    return defaultValue;
  }

  boolean covers(Class<?> type) {
    return type == plain || type == boxed;
  }

  final void expect(int found) {
    if (found != tag) {
      throw ValueType.unexpected(found, name());
    }
  }

  /** An integer of any width whose value fits. */
  static long integer(int tag, RecordReader in, long from, long to) {
    long value =
        switch (tag) {
          case Tag.INT8 -> in.int8();
          case Tag.INT16 -> in.int16();
          case Tag.INT32 -> in.int32();
          case Tag.INT64 -> in.int64();
          default -> throw ValueType.unexpected(tag, "an integer");
        };
    if (value < from || value > to) {
      throw new MalformedRecordException(value + " is not within " + from + ".." + to);
    }
    return value;
  }
}
