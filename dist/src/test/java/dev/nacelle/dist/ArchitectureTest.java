package dev.nacelle.dist;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, between modules and between the rooms of a module. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.nacelle");

    @Test
    void theSpiDependsOnNothing() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.spi..")
                .should()
                .dependOnClassesThat(not(resideInAnyPackage("dev.nacelle.spi..", "java..", "org.jspecify.."))));
    }

    @Test
    void theRouterDoesNoIo() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.routing..")
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        "dev.nacelle.routing..",
                        "java.lang..",
                        "java.nio",
                        "java.time..",
                        "java.util..",
                        "org.jspecify..",
                        "com.dynatrace.hash4j.."))));
    }

    @Test
    void theRuntimeKnowsNoEngineAndNoFrontend() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.runtime..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.nacelle..")
                        .and(not(resideInAnyPackage("dev.nacelle.spi..", "dev.nacelle.runtime..")))));
    }

    @Test
    void theFrontendKnowsNoEngine() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.frontend..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.nacelle.examples..", "dev.nacelle.dist..")));
    }

    @Test
    void enginesKnowTheSpiAlone() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.examples..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.nacelle..")
                        .and(not(resideInAnyPackage("dev.nacelle.spi..", "dev.nacelle.examples..")))));
    }

    @Test
    void pythonEnginesKnowTheSpiAlone() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.nacelle.python..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.nacelle..")
                        .and(not(resideInAnyPackage("dev.nacelle.spi..", "dev.nacelle.python..")))));
    }

    @Test
    void noRoomOfThePythonEnginesDependsOnItselfThroughAnother() {
        check(slices().matching("dev.nacelle.python.(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyTheCommandLineKnowsTheHost() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.nacelle.runtime.host..", "dev.nacelle.runtime.cli..", "dev.nacelle.dist..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.nacelle.runtime.host..")));
    }

    @Test
    void noRoomOfTheRuntimeDependsOnItselfThroughAnother() {
        check(slices().matching("dev.nacelle.runtime.(*)..").should().beFreeOfCycles());
    }

    @Test
    void noRoomOfTheFrontendDependsOnItselfThroughAnother() {
        check(slices().matching("dev.nacelle.frontend.(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.nacelle.runtime.cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
