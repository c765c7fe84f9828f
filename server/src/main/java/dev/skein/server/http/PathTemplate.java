package dev.skein.server.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A path such as {@code /players/{id:int}/items/{item}}. Immutable. */
final class PathTemplate {
  private static final Pattern PARAMETER =
      Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9]*)(?::(text|int|long))?}");

  private enum Type {
    TEXT,
    INT,
    LONG
  }

  private sealed interface Segment {}

  private record Literal(String text) implements Segment {}

  private record Parameter(String name, Type type) implements Segment {}

  private final String source;
  private final List<Segment> segments;

  private PathTemplate(String source, List<Segment> segments) {
    this.source = source;
    this.segments = List.copyOf(segments);
  }

  static PathTemplate parse(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path " + path + " does not start with /");
    }
    List<Segment> segments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : split(path)) {
      Matcher parameter = PARAMETER.matcher(part);
      if (parameter.matches()) {
        String name = parameter.group(1);
        if (!names.add(name)) {
          throw new IllegalArgumentException("path " + path + " has two parameters " + name);
        }
        segments.add(new Parameter(name, type(parameter.group(2))));
      } else if (part.contains("{") || part.contains("}")) {
        throw new IllegalArgumentException(
            "path " + path + ": " + part + " is not {name}, {name:int} or {name:long}");
      } else {
        segments.add(new Literal(part));
      }
    }
    return new PathTemplate(path, segments);
  }

  /** The segments of a raw path, still encoded. */
  static List<String> split(String path) {
    String trimmed = path.substring(1);
    return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("/", -1));
  }

  /** Fills in the values if the decoded segments have this shape. */
  boolean matches(List<String> actual, Map<String, String> values) {
    if (actual.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      switch (segments.get(i)) {
        case Literal(String text) -> {
          if (!text.equals(actual.get(i))) {
            return false;
          }
        }
        case Parameter(String name, Type _) -> values.put(name, actual.get(i));
      }
    }
    return true;
  }

  /** Throws if a value is not of the type its parameter declares. */
  void checkTypes(Map<String, String> values) {
    for (Segment segment : segments) {
      if (segment instanceof Parameter(String name, Type type)) {
        checkType(name, type, values.getOrDefault(name, ""));
      }
    }
  }

  private static void checkType(String name, Type type, String value) {
    try {
      switch (type) {
        case TEXT -> {}
        case INT -> Integer.parseInt(value);
        case LONG -> Long.parseLong(value);
      }
    } catch (NumberFormatException e) {
      throw new BadCallException(
          "path parameter " + name + " is not " + (type == Type.INT ? "an int" : "a long"));
    }
  }

  /** How specific it is. */
  long literals() {
    return segments.stream().filter(Literal.class::isInstance).count();
  }

  boolean sameShapeAs(PathTemplate other) {
    if (segments.size() != other.segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      Segment one = segments.get(i);
      Segment two = other.segments.get(i);
      boolean same =
          one instanceof Literal || two instanceof Literal
              ? one.equals(two)
              : true; // two parameters take the same place whatever their names
      if (!same) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return source;
  }

  private static Type type(@org.jspecify.annotations.Nullable String name) {
    return switch (name) {
      case "int" -> Type.INT;
      case "long" -> Type.LONG;
      case null, default -> Type.TEXT;
    };
  }
}
