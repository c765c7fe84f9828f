package dev.skein.module;

import dev.skein.protocol.Code;
import dev.skein.server.CommandException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A game's hooks of one module, in order; what they throw harms nobody. Any thread.
 *
 * @param <H> the interface of the hooks
 */
public final class Hooks<H> {
  private static final Logger log = LoggerFactory.getLogger(Hooks.class);

  private final String module;
  private final List<H> hooks;

  /**
   * @param module whose hooks they are, for logs and answers
   */
  public Hooks(String module, List<H> hooks) {
    this.module = module;
    this.hooks = new CopyOnWriteArrayList<>(hooks);
  }

  public void add(H more) {
    hooks.add(more);
  }

  /** Tells every hook; one that throws is logged. */
  public void each(Consumer<H> call) {
    for (H hook : hooks) {
      try {
        call.accept(hook);
      } catch (RuntimeException thrown) {
        log.error("a {} hook threw", module, thrown);
      }
    }
  }

  /** Lets every hook go on from what those before it found; one that throws is logged. */
  public <T> T fold(T initial, BiFunction<H, T, T> step) {
    T found = initial;
    for (H hook : hooks) {
      try {
        found = step.apply(hook, found);
      } catch (RuntimeException thrown) {
        log.error("a {} hook threw", module, thrown);
      }
    }
    return found;
  }

  /** Asks every hook; the first that throws refuses. */
  public void ask(Consumer<H> call) {
    rewrite(
        module,
        (hook, same) -> {
          call.accept(hook);
          return same;
        });
  }

  /**
   * Lets every hook change a value in turn.
   *
   * @throws CommandException if a hook refuses, by throwing one; any other exception is logged and
   *     refuses with {@link Code#INTERNAL}
   */
  public <T> T rewrite(T value, BiFunction<H, T, T> call) {
    T changed = value;
    for (H hook : hooks) {
      changed = guarded(call, hook, changed);
    }
    return changed;
  }

  /** The last message of the hooks that is not empty; those that throw refuse as above. */
  public byte[] message(Function<H, byte[]> call) {
    return rewrite(
        new byte[0],
        (hook, before) -> {
          byte[] said = call.apply(hook);
          return said.length > 0 ? said : before;
        });
  }

  private <T> T guarded(BiFunction<H, T, T> call, H hook, T value) {
    try {
      return call.apply(hook, value);
    } catch (CommandException refused) {
      throw refused;
    } catch (RuntimeException thrown) {
      log.error("a {} hook threw", module, thrown);
      throw CommandException.err(Code.INTERNAL, "the " + module + "'s hook failed");
    }
  }
}
