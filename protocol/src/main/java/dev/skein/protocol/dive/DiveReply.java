package dev.skein.protocol.dive;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Optional;

/** Payloads of OK responses to Dive's commands. */
public sealed interface DiveReply {

  /** Appends the payload. */
  void write(PayloadWriter out);

  /** The payload. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }

  /** To GET and POP: the value, if there is one. */
  record Found(Optional<Value> value) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.optionalValue(value);
    }

    /** Empty if malformed. */
    public static Optional<Found> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Found found = new Found(in.optionalValue(DiveOperation.VALUE_MAX_BYTES));
      return in.finished() ? Optional.of(found) : Optional.empty();
    }
  }

  /** To SET, SET_IF_ABSENT, DELETE and EXPIRE: whether it was done. */
  record Done(boolean done) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.bool(done);
    }

    /** Empty if malformed. */
    public static Optional<Done> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Done done = new Done(in.bool());
      return in.finished() ? Optional.of(done) : Optional.empty();
    }
  }

  /** To TTL: whether anything is there, and how long yet; 0: for ever. */
  record Remaining(boolean there, long ttlMillis) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.bool(there).varint(ttlMillis);
    }

    /** Empty if malformed. */
    public static Optional<Remaining> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Remaining remaining = new Remaining(in.bool(), in.varint());
      return in.finished() ? Optional.of(remaining) : Optional.empty();
    }
  }

  /** To INCREMENT: the number now. */
  record Sum(long now) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.i64(now);
    }

    /** Empty if malformed. */
    public static Optional<Sum> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Sum sum = new Sum(in.i64());
      return in.finished() ? Optional.of(sum) : Optional.empty();
    }
  }

  /** To PUSH: how many values the list has now. */
  record Size(int count) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(count);
    }

    /** Empty if malformed. */
    public static Optional<Size> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Size size = new Size(in.varint(Integer.MAX_VALUE));
      return in.finished() ? Optional.of(size) : Optional.empty();
    }
  }

  /** To RANGE: the values in it. */
  record Items(List<Value> values) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(values.size());
      values.forEach(out::value);
    }

    /** Empty if malformed. */
    public static Optional<Items> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Items items = new Items(DiveOperation.readValues(in));
      return in.finished() ? Optional.of(items) : Optional.empty();
    }
  }
}
