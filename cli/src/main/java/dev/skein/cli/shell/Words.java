package dev.skein.cli.shell;

import dev.skein.protocol.payload.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line of the user, cut into words; what follows a word can be had as it was typed. */
final class Words {
  private static final Pattern WORD = Pattern.compile("\\S+");

  private final String line;
  private final List<String> words = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();

  Words(String line) {
    this.line = line;
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group());
      starts.add(matcher.start());
    }
  }

  int count() {
    return words.size();
  }

  /**
   * The word at this place, 0 being the command's name.
   *
   * @throws Misuse if there is none
   */
  String at(int index) {
    if (index >= words.size()) {
      throw new Misuse("something is missing at the end");
    }
    return words.get(index);
  }

  String at(int index, String otherwise) {
    return index < words.size() ? words.get(index) : otherwise;
  }

  /** A whole number. */
  int number(int index, int otherwise) {
    if (index >= words.size()) {
      return otherwise;
    }
    try {
      return Integer.parseInt(words.get(index));
    } catch (NumberFormatException e) {
      throw new Misuse("'" + words.get(index) + "' is no whole number");
    }
  }

  /** All words from this one on. */
  List<String> from(int index) {
    return List.copyOf(words.subList(Math.min(index, words.size()), words.size()));
  }

  /** The line from this word on, as typed. */
  String rest(int index) {
    return index < words.size() ? line.substring(starts.get(index)).stripTrailing() : "";
  }

  /** The same as UTF-8. */
  byte[] bytes(int index) {
    return rest(index).getBytes(StandardCharsets.UTF_8);
  }

  /** The line from this word on as a value: true, false, a whole number, a number, else a text. */
  Value value(int index) {
    at(index);
    return value(rest(index));
  }

  static Value value(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Value.of(Boolean.parseBoolean(text));
    }
    try {
      return Value.of(Long.parseLong(text));
    } catch (NumberFormatException notWhole) {
      try {
        return Value.of(Double.parseDouble(text));
      } catch (NumberFormatException notReal) {
        return Value.of(text);
      }
    }
  }

  /** The line is not what the command wants. */
  static final class Misuse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misuse(String text) {
      super(text, null, false, false);
    }
  }
}
