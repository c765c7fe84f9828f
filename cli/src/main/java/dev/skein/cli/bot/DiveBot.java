package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.client.dive.Storage;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes what it says under a key of its own, and hears it when it reads the key again. A read that
 * gives less than what was written before it is an order violation.
 */
final class DiveBot extends ClientBot {
  private static final String STORAGE = "bots";
  private static final Duration TTL = Duration.ofMinutes(10);

  private static final int KEYS = 256;

  private final Storage storage;
  private final String key;
  private final Listener listener;
  private int turn;

  DiveBot(Client client, Listener listener) {
    super(client, Channel.ordered(0));
    this.storage = client.storage(STORAGE);
    this.key = client.uid();
    this.listener = listener;
  }

  @Override
  public int audience() {
    return 1;
  }

  /** Several keys in turn, as a later message may be written before this one is read. */
  @Override
  public void say(byte[] payload) {
    String mine = key + "/" + turn;
    turn = (turn + 1) % KEYS;
    storage
        .set(mine, Value.of(payload), TTL)
        .thenCompose(written -> storage.get(mine))
        .thenAccept(found -> judge(payload, found.map(Value::asBytes)));
  }

  /** Something newer than what was written means that it was overwritten, as it should be. */
  private void judge(byte[] written, Optional<byte[]> found) {
    int sequence = sequence(written);
    if (found.map(DiveBot::sequence).orElse(-1) < sequence) {
      listener.readStale();
    } else {
      listener.hear(written, 0, written.length, System.nanoTime());
    }
  }

  private static int sequence(byte[] said) {
    return Utterance.decode(said, 0, said.length).map(Utterance::sequence).orElse(-1);
  }
}
