package dev.skein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The manifests of deploy/kubernetes, read as an API server would: maps, lists and scalars. */
record Manifests(List<Manifest> all) {

  /** One object and the file it is in. */
  record Manifest(Path file, Map<String, Object> fields) {
    String kind() {
      return String.valueOf(at(fields, "kind"));
    }

    String name() {
      return String.valueOf(at(fields, "metadata", "name"));
    }

    boolean hasPods() {
      return at(fields, "spec", "template") != null;
    }

    Map<String, Object> podLabels() {
      return map(at(fields, "spec", "template", "metadata", "labels"));
    }

    Map<String, Object> podSpec() {
      return map(at(fields, "spec", "template", "spec"));
    }

    Map<String, Object> container() {
      return maps(podSpec().get("containers")).getFirst();
    }

    /** The number of each named port. */
    Map<String, Integer> ports() {
      Map<String, Integer> ports = new TreeMap<>();
      maps(container().get("ports"))
          .forEach(
              port -> ports.put((String) port.get("name"), (Integer) port.get("containerPort")));
      return ports;
    }

    @Override
    public String toString() {
      return file.getFileName() + " " + kind() + " " + name();
    }
  }

  static Manifests read(Path folder) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Manifest> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        Yaml yaml = new Yaml(new SafeConstructor(strict));
        yaml.loadAll(Files.readString(file))
            .forEach(each -> all.add(new Manifest(file, map(each))));
      }
    }
    return new Manifests(List.copyOf(all));
  }

  List<Manifest> workloads() {
    return all.stream().filter(Manifest::hasPods).toList();
  }

  List<Manifest> ofKind(String kind) {
    return all.stream().filter(each -> each.kind().equals(kind)).toList();
  }

  /** The workloads whose pods a selector's labels choose. */
  List<Manifest> selected(Map<String, Object> labels) {
    return workloads().stream()
        .filter(workload -> workload.podLabels().entrySet().containsAll(labels.entrySet()))
        .toList();
  }

  /** The environment of a workload's container, with what the cluster would fill in. */
  Map<String, String> environment(Manifest workload) {
    Map<String, String> environment = new TreeMap<>();
    for (Map<String, Object> source : maps(workload.container().get("envFrom"))) {
      String name = String.valueOf(at(source, "configMapRef", "name"));
      map(at(named("ConfigMap", name), "data"))
          .forEach((key, value) -> environment.put(key, (String) value));
    }
    for (Map<String, Object> variable : maps(workload.container().get("env"))) {
      environment.put((String) variable.get("name"), value(variable));
    }
    return environment;
  }

  private @Nullable String value(Map<String, Object> variable) {
    Object secret = at(variable, "valueFrom", "secretKeyRef");
    if (secret != null) {
      Object values = at(named("Secret", String.valueOf(map(secret).get("name"))), "stringData");
      return (String) map(values).get((String) map(secret).get("key"));
    }
    Object field = at(variable, "valueFrom", "fieldRef", "fieldPath");
    if (field != null) {
      return ((String) field).endsWith("IP") ? "10.1.2.3" : "pod-0";
    }
    return (String) variable.get("value");
  }

  private Map<String, Object> named(String kind, String name) {
    return ofKind(kind).stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name))
        .fields();
  }

  /** The texts of a list. */
  static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /** What is at the end of a path of keys; null if it is not there. */
  static @Nullable Object at(@Nullable Object from, String... path) {
    @Nullable Object here = from;
    for (String key : path) {
      here = here instanceof Map<?, ?> fields ? fields.get(key) : null;
    }
    return here;
  }

  @SuppressWarnings("unchecked") // YAML's keys are texts in every manifest
  static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(@Nullable Object value) {
    return value == null ? List.of() : (List<Map<String, Object>>) value;
  }
}
