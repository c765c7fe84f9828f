package dev.skein;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.skein.server.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md that the compiler cannot check. */
class ArchitectureTest {
  private static final JavaClasses SKEIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.skein");

  /** Time, threads and randomness come into these from outside, so that all of it simulates. */
  private static final String[] PURE = {
    "dev.skein.protocol..",
    "dev.skein.module..",
    "dev.skein.room..",
    "dev.skein.group..",
    "dev.skein.dm..",
    "dev.skein.session..",
    "dev.skein.dive..",
    "dev.skein.notifier.."
  };

  private static final Set<String> CLOCK_READINGS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          Instant.class.getName() + ".now",
          Clock.class.getName() + ".systemUTC",
          Clock.class.getName() + ".systemDefaultZone",
          InstantSource.class.getName() + ".system");

  private static final Set<String> UNSEEDED =
      Set.of(
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of");

  private static final Set<String> SELF_SEEDED_WITHOUT_ARGUMENTS =
      Set.of("java.util.Random", "java.util.SplittableRandom", "java.security.SecureRandom");

  @Test
  void logicReadsNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callCodeUnitWhere(
            target(
                describe(
                    "reads a clock", target -> CLOCK_READINGS.contains(qualifiedName(target)))))
        .check(SKEIN);
  }

  @Test
  void logicStartsNoThread() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, Executors.class, Timer.class)
        .check(SKEIN);
  }

  @Test
  void logicDrawsFromNoUnseededRandomness() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callCodeUnitWhere(target(describe("is unseeded", ArchitectureTest::isUnseeded)))
        .check(SKEIN);
  }

  @Test
  void logicDoesNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.nio.channels..", "java.nio.file..")
                // A name of a directory that others open.
                .and(not(type(Path.class)))
                .and(not(type(InvalidPathException.class)))
                .or(describe("is a socket", type -> type.getName().endsWith("Socket"))))
        .check(SKEIN);
  }

  @Test
  void onlyTheTransportKnowsNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.skein.server.transport..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(SKEIN);
  }

  @Test
  void onlyTheClusteredMeshKnowsItsEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.skein.mesh.clustered..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jgroups..", "org.infinispan..")
        .check(SKEIN);
  }

  @Test
  void theClientNeedsOnlyTheProtocolTheJdkAndAJsonParser() {
    onlyDependOn(
            "dev.skein.client..",
            "dev.skein.client..",
            "dev.skein.protocol..",
            "com.fasterxml.jackson..")
        .check(SKEIN);
  }

  @Test
  void theProtocolNeedsOnlyTheJdk() {
    onlyDependOn("dev.skein.protocol..", "dev.skein.protocol..").check(SKEIN);
  }

  @Test
  void theMeshPortKnowsNothingOfServersAndClients() {
    noClasses()
        .that()
        .resideInAPackage("dev.skein.mesh..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.skein.server..", "dev.skein.client..")
        .check(SKEIN);
  }

  /**
   * As a third party's module would: the server's own package, the exception of a bad setting, the
   * mesh port and the protocol.
   */
  @Test
  void modulesUseTheServersPublicApiOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.skein.module..",
            "dev.skein.room..",
            "dev.skein.group..",
            "dev.skein.dm..",
            "dev.skein.session..",
            "dev.skein.dive..",
            "dev.skein.notifier..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "dev.skein.server.*..",
                    "dev.skein.client..",
                    "dev.skein.cli..",
                    "dev.skein.testkit..")
                .and(not(type(ConfigException.class))))
        .check(SKEIN);
  }

  @Test
  void partsDependOnEachOtherInOneDirection() {
    slices().matching("dev.skein.(*)..").should().beFreeOfCycles().check(SKEIN);
  }

  @Test
  void packagesOfThePureLibrariesHaveNoCycles() {
    Stream.of("protocol", "testkit", "client", "cli")
        .forEach(part ->
            slices()
                .matching("dev.skein." + part + ".(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(SKEIN));
  }

  @Test
  void publicSignaturesMentionOnlyPublicTypes() {
    codeUnits()
        .that()
        .areDeclaredInClassesThat()
        .arePublic()
        .and(describe("are visible outside", ArchitectureTest::isVisibleOutside))
        .should(mentionOnlyTypesThatAre("public", ArchitectureTest::isPublic))
        .check(SKEIN);
  }

  /** What games see: no type of a library or of the transport leaks through it. */
  @Test
  void signaturesForGamesMentionOnlySkeinAndTheJdk() {
    codeUnits()
        .that()
        .areDeclaredInClassesThat(
            resideInAnyPackage(
                    "dev.skein.server",
                    "dev.skein.room..",
                    "dev.skein.group..",
                    "dev.skein.dm..",
                    "dev.skein.session..",
                    "dev.skein.dive..",
                    "dev.skein.notifier..",
                    "dev.skein.client..",
                    "dev.skein.mesh")
                .and(describe("public", ArchitectureTest::isPublic)))
        .and(describe("are visible outside", ArchitectureTest::isVisibleOutside))
        .should(
            mentionOnlyTypesThatAre(
                "of Skein's API or the JDK",
                type ->
                    type.isPrimitive()
                        || type.getPackageName().startsWith("java.")
                        || type.getPackageName().startsWith("javax.net.")
                        || type.getPackageName().startsWith("dev.skein.")
                            && !type.getPackageName().startsWith("dev.skein.server.transport")))
        .check(SKEIN);
  }

  private static ArchRule onlyDependOn(String part, String... packages) {
    DescribedPredicate<JavaClass> allowed =
        resideInAnyPackage(packages)
            .or(
                resideInAnyPackage(
                    "java..", "javax.crypto..", "javax.net..", "org.jspecify.annotations.."))
            .or(describe("primitive", type -> type.getBaseComponentType().isPrimitive()))
            .or(
                describe(
                    "array of an allowed type",
                    type ->
                        type.isArray()
                            && resideInAnyPackage(packages)
                                .or(resideInAPackage("java.."))
                                .test(type.getBaseComponentType())));
    return classes().that().resideInAPackage(part).should().onlyDependOnClassesThat(allowed);
  }

  private static boolean isUnseeded(CodeUnitCallTarget target) {
    String owner = target.getOwner().getName();
    return UNSEEDED.contains(qualifiedName(target))
        || owner.equals(ThreadLocalRandom.class.getName())
        || SELF_SEEDED_WITHOUT_ARGUMENTS.contains(owner)
            && target.getName().equals("<init>")
            && target.getRawParameterTypes().isEmpty();
  }

  private static String qualifiedName(CodeUnitCallTarget target) {
    return target.getOwner().getName() + "." + target.getName();
  }

  private static boolean isVisibleOutside(JavaCodeUnit unit) {
    return (unit.getModifiers().contains(JavaModifier.PUBLIC)
            || unit.getModifiers().contains(JavaModifier.PROTECTED))
        && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
        && isPublic(unit.getOwner());
  }

  /** Public itself, and nested in public types only. */
  private static boolean isPublic(JavaClass type) {
    return type.isPrimitive()
        || type.getModifiers().contains(JavaModifier.PUBLIC)
            && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
  }

  private static ArchCondition<JavaCodeUnit> mentionOnlyTypesThatAre(
      String what, Predicate<JavaClass> allowed) {
    return new ArchCondition<>("mention only types that are " + what) {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        for (JavaClass type : mentioned(unit)) {
          if (!allowed.test(type.getBaseComponentType())) {
            events.add(
                SimpleConditionEvent.violated(
                    unit, unit.getFullName() + " mentions " + type.getName()));
          }
        }
      }
    };
  }

  private static List<JavaClass> mentioned(JavaCodeUnit unit) {
    return Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
        .map(JavaType::getAllInvolvedRawTypes)
        .flatMap(Set::stream)
        .toList();
  }
}
