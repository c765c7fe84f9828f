package dev.skein.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Skein.class.getPackage().getImplementationVersion();
    return new String[] {
      "skein " + Objects.requireNonNullElse(version, "(not from a jar)"),
      "Java " + Runtime.version()
    };
  }
}
