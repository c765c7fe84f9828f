package dev.skein.server.config;

import java.util.List;
import java.util.Locale;

/** The rows of docs/CONFIGURATION.md, from the settings themselves. */
final class ConfigurationTable {
  private ConfigurationTable() {}

  static String row(Setting<?> setting) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            setting.key(),
            shown(setting.defaultValue()),
            setting.expected(),
            setting.description());
  }

  private static String shown(Object value) {
    return switch (value) {
      case String text when text.isEmpty() -> "(empty)";
      case List<?> list when list.isEmpty() -> "(empty)";
      case Enum<?> choice -> "`" + choice.name().toLowerCase(Locale.ROOT) + "`";
      default -> "`" + value + "`";
    };
  }

  /** Prints the table, to be pasted when settings have changed. */
  public static void main(String[] args) {
    Settings.all().forEach(setting -> System.out.println(row(setting)));
  }
}
