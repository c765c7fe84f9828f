package dev.skein.client;

import dev.skein.protocol.Channel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/**
 * Who wants which push: a small open-addressed table that is replaced as a whole when it changes,
 * so that the loop reads it without a lock and without boxing. Any thread.
 */
final class Pushes {
  private static final Logger LOG = System.getLogger(Pushes.class.getName());
  private static final PushView[] NOBODY = {};

  private volatile Table table = new Table(16);
  private int used;

  private static final class Table {
    final int[] keys;
    final PushView[][] views;

    /** A table of a power of two places, of which less than half get used. */
    Table(int capacity) {
      keys = new int[capacity];
      views = new PushView[capacity][];
      Arrays.fill(views, NOBODY);
    }

    /** The place of the key, or the free one where it belongs. */
    int place(int key) {
      int place = (key * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(keys.length - 1);
      while (views[place].length > 0 && keys[place] != key) {
        place = (place + 1) & (keys.length - 1);
      }
      return place;
    }
  }

  Subscription add(int ver, int cmd, PushView view) {
    int key = ver << 16 | cmd;
    change(key, view, true);
    return () -> change(key, view, false);
  }

  /** False if nobody wants it. */
  boolean deliver(int ver, int cmd, Channel channel, byte[] buffer, int offset, int length) {
    Table current = table;
    PushView[] views = current.views[current.place(ver << 16 | cmd)];
    for (PushView each : views) {
      try {
        each.onPush(channel, buffer, offset, length);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a handler of push " + ver + "/" + cmd + " threw", e);
      }
    }
    return views.length > 0;
  }

  private synchronized void change(int key, PushView view, boolean add) {
    Table old = table;
    Table changed = new Table(Math.max(16, Integer.highestOneBit(used + 1) * 4));
    used = 0;
    for (int i = 0; i < old.keys.length; i++) {
      if (old.views[i].length > 0 && old.keys[i] != key) {
        put(changed, old.keys[i], old.views[i]);
      }
    }
    PushView[] before = old.views[old.place(key)];
    put(changed, key, add ? plus(before, view) : minus(before, view));
    table = changed;
  }

  private void put(Table into, int key, PushView[] views) {
    if (views.length > 0) {
      int place = into.place(key);
      into.keys[place] = key;
      into.views[place] = views;
      used++;
    }
  }

  private static PushView[] plus(PushView[] views, PushView view) {
    PushView[] more = Arrays.copyOf(views, views.length + 1);
    more[views.length] = view;
    return more;
  }

  @SuppressWarnings("ReferenceEquality")
  private static PushView[] minus(PushView[] views, PushView view) {
    return Arrays.stream(views).filter(each -> each != view).toArray(PushView[]::new);
  }
}
