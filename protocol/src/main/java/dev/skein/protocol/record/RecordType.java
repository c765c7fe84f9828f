package dev.skein.protocol.record;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record: the count of its components, then each with its tag. */
final class RecordType implements ValueType {
  /** The types being described by this thread, so that a record may hold a list of its own kind. */
  private static final ThreadLocal<Map<Class<?>, RecordType>> UNDER_WAY =
      ThreadLocal.withInitial(HashMap::new);

  private final String name;
  private Component[] components = {};
  private @Nullable MethodHandle constructor;

  private record Component(String name, ValueType type, MethodHandle accessor) {}

  private RecordType(Class<? extends Record> type) {
    this.name = type.getSimpleName();
  }

  static RecordType of(Class<? extends Record> type) {
    Map<Class<?>, RecordType> underWay = UNDER_WAY.get();
    RecordType known = underWay.get(type);
    if (known != null) {
      return known;
    }
    RecordType described = new RecordType(type);
    underWay.put(type, described);
    try {
      described.describe(type);
      described.refuseEndlessDefault(new ArrayDeque<>());
      return described;
    } finally {
      underWay.remove(type);
      if (underWay.isEmpty()) {
        UNDER_WAY.remove();
      }
    }
  }

  private void describe(Class<? extends Record> type) {
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] classes = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class[]::new);
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(classes);
      canonical.setAccessible(true);
      constructor =
          MethodHandles.lookup()
              .unreflectConstructor(canonical)
              .asFixedArity()
              .asSpreader(Object[].class, classes.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      Component[] found = new Component[parts.length];
      for (int i = 0; i < parts.length; i++) {
        found[i] = component(parts[i]);
      }
      components = found;
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type.getName() + " cannot be encoded", e);
    }
  }

  private Component component(RecordComponent part) throws IllegalAccessException {
    ValueType type;
    try {
      type = ValueType.of(part.getGenericType());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + "." + part.getName() + ": " + e.getMessage(), e);
    }
    Method accessor = part.getAccessor();
    accessor.setAccessible(true);
    MethodHandle handle =
        MethodHandles.lookup()
            .unreflect(accessor)
            .asType(MethodType.methodType(Object.class, Object.class));
    return new Component(part.getName(), type, handle);
  }

  /** A record directly inside itself would have a default without end. */
  private void refuseEndlessDefault(Deque<RecordType> around) {
    if (around.contains(this)) {
      throw new IllegalArgumentException(
          name + " contains itself other than through a list, an array or an optional");
    }
    around.push(this);
    for (Component each : components) {
      if (each.type() instanceof RecordType inner) {
        inner.refuseEndlessDefault(around);
      }
    }
    around.pop();
  }

  @Override
  public int tag() {
    return Tag.RECORD;
  }

  @Override
  public void write(Object value, RecordWriter out, int depth) {
    int within = insideWritten(depth);
    out.count(components.length);
    for (Component each : components) {
      each.type().writeTagged(valueOf(each, value), out, within);
    }
  }

  private Object valueOf(Component component, Object value) {
    Object part;
    try {
      part = (Object) component.accessor().invokeExact(value);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalArgumentException(name + "." + component.name() + " threw", e);
    }
    if (part == null) {
      throw new IllegalArgumentException(name + "." + component.name() + " is null");
    }
    return part;
  }

  @Override
  public Object read(int tag, RecordReader in, int depth) {
    if (tag != Tag.RECORD) {
      throw ValueType.unexpected(tag, "a record");
    }
    return readFields(in, depth);
  }

  /** Reads the components, gives the missing ones their default and skips those not known. */
  Object readFields(RecordReader in, int depth) {
    int within = ValueType.inside(depth);
    int sent = in.count();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      ValueType type = components[i].type();
      values[i] = i < sent ? type.read(in.uint8(), in, within) : type.defaultValue();
    }
    for (int i = values.length; i < sent; i++) {
      ValueType.skip(in.uint8(), in, within);
    }
    return construct(values);
  }

  @Override
  public Object defaultValue() {
    Object[] values = new Object[components.length];
    Arrays.setAll(values, i -> components[i].type().defaultValue());
    return construct(values);
  }

  private Object construct(Object[] values) {
    if (constructor == null) {
      throw new IllegalStateException(name + " is not described yet");
    }
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new MalformedRecordException(name + " refuses these values: " + e.getMessage(), e);
    }
  }

  /** The levels left inside a value that is written. */
  static int insideWritten(int depth) {
    if (depth == 0) {
      throw new IllegalArgumentException("nested deeper than " + RecordCodec.MAX_DEPTH);
    }
    return depth - 1;
  }
}
