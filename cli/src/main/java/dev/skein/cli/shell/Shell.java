package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.AggregateCompleter;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Reads lines, runs them as phrases, and shows what comes from the server above the line being
 * typed. One thread reads; events come from the client's loop.
 */
final class Shell {
  private static final long ANSWER_LIMIT_SECONDS = 30;

  private final Client client;
  private final KnownRooms rooms = new KnownRooms();
  private final Map<String, Phrase> phrases = new TreeMap<>();
  private final LineReader reader;

  private Shell(Client client, Terminal terminal) {
    this.client = client;
    new CorePhrases(client).all().forEach(phrase -> phrases.put(phrase.name(), phrase));
    new SessionPhrases(client).all().forEach(phrase -> phrases.put(phrase.name(), phrase));
    new DivePhrases(client).all().forEach(phrase -> phrases.put(phrase.name(), phrase));
    new RoomPhrases(client, rooms).all().forEach(phrase -> phrases.put(phrase.name(), phrase));
    new GroupPhrases(client, this::show)
        .all()
        .forEach(phrase -> phrases.put(phrase.name(), phrase));
    new DmPhrases(client, this::show).all().forEach(phrase -> phrases.put(phrase.name(), phrase));
    StringsCompleter names = new StringsCompleter(phrases.keySet());
    reader =
        LineReaderBuilder.builder()
            .appName("skein")
            .terminal(terminal)
            .completer(new AggregateCompleter(names, new StringsCompleter("help", "quit")))
            .variable(
                LineReader.HISTORY_FILE, Path.of(System.getProperty("user.home"), ".skein_history"))
            .build();
  }

  /**
   * Runs until the user quits; the client must not be connected yet, so that no event is missed.
   */
  static void run(Client client) throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      Shell shell = new Shell(client, terminal);
      shell.listen();
      client.connect().join();
      shell.show("connected to session " + client.sid() + "; help tells what you can type");
      shell.readLines();
    }
  }

  private void listen() {
    // They return to their rooms by themselves after a lost session; the shell only watches.
    client.rooms();
    for (int cmd = RoomCmd.ENTERED; cmd <= RoomCmd.RETURNED; cmd++) {
      int number = cmd;
      client.onPush(RoomCmd.VER, cmd, payload -> onRoom(number, payload));
    }
    for (int cmd = PartyCmd.ENTERED; cmd <= PartyCmd.MISSED; cmd++) {
      int number = cmd;
      client.onPush(
          PartyCmd.VER,
          cmd,
          payload ->
              PartyEvent.decode(number, payload).map(SessionPhrases::line).ifPresent(this::show));
    }
    client.onEvent(this::onEvent);
    client.onError(error -> show("error: " + error.getMessage()));
  }

  private void onRoom(int cmd, byte[] payload) {
    RoomEvent.decode(cmd, payload)
        .ifPresentOrElse(
            event -> {
              EventLines.of(event, rooms).forEach(this::show);
              rooms.on(event);
            },
            () -> show("the server sent something malformed as room event " + cmd));
  }

  private void onEvent(ClientEvent event) {
    switch (event) {
      case ClientEvent.Connected connected -> {
        if (connected.again()) {
          show("a new session: " + connected.sid());
        }
      }
      case ClientEvent.Detached detached -> show("the server is not heard; waiting …");
      case ClientEvent.Resumed resumed -> show("the session goes on");
      case ClientEvent.Moved moved ->
          show("the session goes on at " + moved.host() + ":" + moved.port());
      case ClientEvent.Disconnected disconnected -> {
        rooms.lost();
        show(
            "disconnected: "
                + disconnected.reason().text()
                + " ("
                + disconnected.reason().code()
                + ")"
                + (disconnected.reconnecting() ? "; logging in again" : ""));
      }
    }
  }

  private void readLines() {
    while (client.state() != Client.State.CLOSED) {
      String line;
      try {
        line = reader.readLine("skein> ").strip();
      } catch (UserInterruptException | EndOfFileException e) {
        return;
      }
      if (line.equals("quit") || line.equals("exit")) {
        return;
      }
      if (!line.isEmpty()) {
        run(new Words(line));
      }
    }
  }

  private void run(Words words) {
    String name = words.at(0).toLowerCase(Locale.ROOT);
    if (name.equals("help")) {
      help(words.at(1, ""));
      return;
    }
    Phrase phrase = phrases.get(name);
    if (phrase == null) {
      show("unknown: " + name + "; help tells what you can type");
      return;
    }
    try {
      String answer =
          phrase
              .action()
              .run(words)
              .toCompletableFuture()
              .get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!answer.isEmpty()) {
        show(answer);
      }
    } catch (Words.Misuse | IllegalArgumentException e) {
      show(e.getMessage() + "; usage: " + phrase.synopsis());
    } catch (ExecutionException | CompletionException e) {
      show("failed: " + (e.getCause() == null ? e : e.getCause()).getMessage());
    } catch (TimeoutException e) {
      show("no answer within " + ANSWER_LIMIT_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void help(String name) {
    Phrase one = phrases.get(name);
    if (one != null) {
      show(one.synopsis() + "\n  " + one.help());
      return;
    }
    int width =
        phrases.values().stream().mapToInt(each -> each.synopsis().length()).max().orElse(1);
    phrases
        .values()
        .forEach(each -> show(String.format("%-" + width + "s  %s", each.synopsis(), each.help())));
    show(String.format("%-" + width + "s  %s", "quit", "says goodbye"));
  }

  private void show(String text) {
    reader.printAbove(text);
  }
}
