package dev.skein.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of this JVM's class path in small JVMs of their own, which a test may kill or freeze.
 * Any thread.
 */
public final class JavaProcess {
  /** Such a process lives for seconds, often several at a time: a quick start is worth the most. */
  private static final List<String> SMALL =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private JavaProcess() {}

  /** Runs a class with a main method, as soon as it is started. */
  public static ProcessBuilder of(Class<?> program, String... arguments) {
    return of(List.of(), program, arguments);
  }

  /** The same with more options for the JVM, which win over those of a small one. */
  public static ProcessBuilder of(List<String> jvmOptions, Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL);
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
