package io.github.ldaudiences;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packages build on each other in one direction, so that each can be read without those that come after it. */
@Tag("project")
class PackagesTest {

    private static final String ROOT = "io.github.ldaudiences";

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    @Test
    void thereIsNoCircleOfPackages() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(classes);
    }

    /** Installers know the stages, and not the other way round. */
    @Test
    void stagesDoNotKnowTheirInstallers() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".command..", ROOT + ".osgi")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(classes);
    }

    /** A stage takes values; where they are configured is no concern of its. */
    @Test
    void theFlowDoesNotKnowTheConfiguration() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".inbound..",
                        ROOT + ".event",
                        ROOT + ".mapping",
                        ROOT + ".batch",
                        ROOT + ".delivery",
                        ROOT + ".deadletter",
                        ROOT + ".store")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".config")
                .check(classes);
    }
}
