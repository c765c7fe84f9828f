package dev.skein.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The counters and gauges of a node, Skein's and the game's. Names are dotted; Prometheus sees them
 * with underscores. Any thread; updating is cheap and allocates nothing.
 */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, DoubleSupplier> values = new ConcurrentHashMap<>();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /** A number that only grows. */
  public static final class Counter {
    private final LongAdder count = new LongAdder();

    private Counter() {}

    public void increment() {
      count.increment();
    }

    /**
     * @param by not negative
     */
    public void add(long by) {
      count.add(by);
    }

    /** The count at this moment. */
    public long count() {
      return count.sum();
    }
  }

  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** The counter of this name; the same one at every call. */
  public Counter counter(String name, String description) {
    return counters.computeIfAbsent(
        name,
        unused -> {
          Counter counter = new Counter();
          watchCounter(name, description, counter::count);
          return counter;
        });
  }

  /** Shows a number that is counted elsewhere and only grows. */
  public void watchCounter(String name, String description, LongSupplier count) {
    values.put(name, count::getAsLong);
    FunctionCounter.builder(name, count, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  /** The same for one value of a label, such as each reason of a drop. */
  public void watchCounter(
      String name, String label, String labelValue, String description, LongSupplier count) {
    values.put(name + "{" + label + "=" + labelValue + "}", count::getAsLong);
    FunctionCounter.builder(name, count, LongSupplier::getAsLong)
        .tag(label, labelValue)
        .description(description)
        .register(registry);
  }

  /** Shows a number that goes up and down. The supplier is called on any thread. */
  public void gauge(String name, String description, DoubleSupplier value) {
    values.put(name, value);
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .register(registry);
  }

  /** Every value registered here by name (without those of the JVM), at this moment. */
  public Map<String, Double> values() {
    Map<String, Double> now = new TreeMap<>();
    values.forEach((name, value) -> now.put(name, value.getAsDouble()));
    return now;
  }

  /** Everything in Prometheus' text format. */
  public String prometheus() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
