package dev.skein.session;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of some operations on a session.
 *
 * @param answers one for each operation, in order
 * @param firstSeq the number of the first piece of news
 * @param news what happened
 * @param nodes those that had or have members, to be told
 */
record Verdict(List<byte[]> answers, long firstSeq, List<News> news, List<String> nodes) {

  byte[] encode() {
    PayloadWriter out = new PayloadWriter().varint(answers.size());
    answers.forEach(out::blob);
    News.write(out.varint(firstSeq), news);
    nodes.forEach(out::string);
    return out.toBytes();
  }

  static Verdict decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    List<byte[]> answers = new ArrayList<>();
    int count = in.varint(Integer.MAX_VALUE);
    for (int i = 0; i < count && in.ok(); i++) {
      answers.add(in.blob(Integer.MAX_VALUE));
    }
    long firstSeq = in.varint();
    List<News> news = News.read(in);
    List<String> nodes = new ArrayList<>();
    while (in.remaining() > 0) {
      nodes.add(in.string(News.NODE_MAX_BYTES));
    }
    if (!in.finished()) {
      throw new IllegalArgumentException("no verdict on operations");
    }
    return new Verdict(answers, firstSeq, news, nodes);
  }
}
