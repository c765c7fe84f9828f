package dev.skein.dive;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.Store;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Dive module: {@code Server.builder().with(Dive.module().storage("scores"))}. Storages and
 * hooks are given before the server starts, the same on every node; after that any thread may use
 * them. Settings in the configuration's {@code modules.dive} win over those given in code, and may
 * name more storages.
 */
public final class Dive implements Module {
  private final List<DiveHooks> hooks = new ArrayList<>();
  private DiveSettings settings = new DiveSettings(true, Map.of());
  private @Nullable Map<String, Storage> storages;

  private Dive() {}

  /** A module without storages. */
  public static Dive module() {
    return new Dive();
  }

  /**
   * A storage with the default options.
   *
   * @throws IllegalStateException after the server was built
   */
  public Dive storage(String name) {
    return storage(StorageOptions.named(name));
  }

  /**
   * A storage.
   *
   * @throws IllegalStateException after the server was built
   */
  public Dive storage(StorageOptions options) {
    checkNotInstalled();
    Map<String, StorageOptions> more = new LinkedHashMap<>(settings.storages());
    more.put(options.name(), options);
    settings = new DiveSettings(settings.exposeCommands(), more);
    return this;
  }

  /**
   * Whether clients have the built-in commands, for storages that are exposed; default true.
   *
   * @throws IllegalStateException after the server was built
   */
  public Dive exposeCommands(boolean exposed) {
    checkNotInstalled();
    settings = new DiveSettings(exposed, settings.storages());
    return this;
  }

  /**
   * What is asked before each command of a client.
   *
   * @throws IllegalStateException after the server was built
   */
  public Dive hooks(DiveHooks more) {
    checkNotInstalled();
    hooks.add(more);
    return this;
  }

  @Override
  public String name() {
    return "dive";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    settings = settings.overriddenBy(context.settings(), context::file);
    Map<String, Storage> opened = new LinkedHashMap<>();
    for (StorageOptions options : settings.storages().values()) {
      opened.put(
          options.name(),
          new Storage(
              options,
              open(context.mesh(), options),
              context::currentTimeMillis,
              context.metrics()));
    }
    storages = Map.copyOf(opened);
    new DiveCommands(this, hooks).register(context, settings.exposeCommands());
  }

  private static Store open(Mesh mesh, StorageOptions options) {
    try {
      return mesh.store(options.store(), new EntryOperator(options));
    } catch (UncheckedIOException e) {
      throw DiveSettings.cannotKeep(options, e);
    }
  }

  /** The storage of this name; any thread, after start. */
  public Optional<Storage> find(String name) {
    Map<String, Storage> opened = storages;
    if (opened == null) {
      throw new IllegalStateException("the server was not built yet");
    }
    return Optional.ofNullable(opened.get(name));
  }

  /**
   * The storage of this name; any thread, after start.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Storage open(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no storage '" + name + "'"));
  }

  private void checkNotInstalled() {
    if (storages != null) {
      throw new IllegalStateException("the server was built already");
    }
  }
}
