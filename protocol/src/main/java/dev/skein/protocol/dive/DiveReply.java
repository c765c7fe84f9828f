package dev.skein.protocol.dive;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Optional;

/** Payloads of OK responses to Dive's commands. */
public sealed interface DiveReply extends Payload {

  /** To GET and POP: the value, if there is one. */
  record Found(Optional<Value> value) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.optionalValue(value);
    }

    /** Empty if malformed. */
    public static Optional<Found> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Found(in.optionalValue(DiveOperation.VALUE_MAX_BYTES)));
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
      return PayloadReader.decode(payload, in -> new Done(in.bool()));
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
      return PayloadReader.decode(payload, in -> new Remaining(in.bool(), in.varint()));
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
      return PayloadReader.decode(payload, in -> new Sum(in.i64()));
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
      return PayloadReader.decode(payload, in -> new Size(in.varint(Integer.MAX_VALUE)));
    }
  }

  /** To RANGE: the values in it. */
  record Items(List<Value> values) implements DiveReply {
    @Override
    public void write(PayloadWriter out) {
      out.list(values, PayloadWriter::value);
    }

    /** Empty if malformed. */
    public static Optional<Items> decode(byte[] payload) {
      return PayloadReader.decode(payload, in -> new Items(DiveOperation.readValues(in)));
    }
  }
}
