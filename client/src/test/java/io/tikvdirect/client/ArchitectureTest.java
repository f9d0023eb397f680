package io.tikvdirect.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Data flows one way: a package knows only those below it, and users see JDK types. */
class ArchitectureTest {
    private static final JavaClasses CLIENT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tikvdirect.client");

    /** From the top to the bottom. */
    private static final List<String> LAYERS = List.of(
            "io.tikvdirect.client.internal.txn",
            "io.tikvdirect.client.internal.raw",
            "io.tikvdirect.client.internal.call",
            "io.tikvdirect.client.internal.store",
            "io.tikvdirect.client.internal.region",
            "io.tikvdirect.client.internal.pd");

    private static final List<String> FOUNDATION = List.of(
            "io.tikvdirect.client.internal.backoff",
            "io.tikvdirect.client.internal.events",
            "io.tikvdirect.client.internal.log",
            "io.tikvdirect.client.internal.memory",
            "io.tikvdirect.client.internal.net",
            "io.tikvdirect.client.internal.time");

    @Test
    void noLayerKnowsOneAboveIt() {
        for (int i = 0; i < LAYERS.size(); i++) {
            for (int above = 0; above < i; above++) {
                noClasses()
                        .that()
                        .resideInAPackage(LAYERS.get(i) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(LAYERS.get(above) + "..")
                        .allowEmptyShould(true)
                        .check(CLIENT);
            }
        }
    }

    @Test
    void theFoundationKnowsNoLayer() {
        final String[] layers = LAYERS.stream().map(layer -> layer + "..").toArray(String[]::new);
        for (final String foundation : FOUNDATION) {
            noClasses()
                    .that()
                    .resideInAPackage(foundation + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(layers)
                    .check(CLIENT);
        }
    }

    @Test
    void onlyTheTransportOpensSockets() {
        noClasses()
                .that()
                .resideInAPackage("io.tikvdirect.client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.netty.handler.codec..", "java.net.http..")
                .check(CLIENT);
    }

    @Test
    void nothingEndsTheProcess() {
        noClasses()
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.tikvdirect.client", "io.tikvdirect.codec", "io.tikvdirect.transport"));
    }

    @Test
    void whatUsersSeeIsMadeOfJdkTypes() {
        classes()
                .that()
                .resideInAPackage("io.tikvdirect.client")
                .and()
                .arePublic()
                .should(showOnly("java.", "io.tikvdirect.client."))
                .check(CLIENT);
        classes()
                .that()
                .resideInAPackage("io.tikvdirect.client.raw")
                .and()
                .arePublic()
                .should(showOnly("java.", "io.tikvdirect.client.", "org.agrona.DirectBuffer"))
                .check(CLIENT);
        classes()
                .that()
                .resideInAPackage("io.tikvdirect.client.txn")
                .and()
                .arePublic()
                .should(showOnly("java.", "io.tikvdirect.client.", "org.agrona.DirectBuffer"))
                .check(CLIENT);
    }

    private static ArchCondition<JavaClass> showOnly(final String... allowed) {
        final DescribedPredicate<JavaClass> isAllowed = DescribedPredicate.describe(
                "allowed",
                type -> type.isPrimitive()
                        || (startsWithAny(type.getName(), allowed)
                                && !type.getName().contains(".internal.")));
        return new ArchCondition<>("show only types of " + List.of(allowed)) {
            @Override
            public void check(final JavaClass item, final ConditionEvents events) {
                Stream.concat(item.getMethods().stream(), item.getConstructors().stream())
                        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .forEach(method -> shown(method)
                                .filter(type -> !isAllowed.test(type.getBaseComponentType()))
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + type.getName()))));
            }
        };
    }

    private static boolean startsWithAny(final String name, final String... prefixes) {
        return Stream.of(prefixes).anyMatch(name::startsWith);
    }

    private static Stream<JavaClass> shown(final JavaCodeUnit method) {
        return Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream());
    }
}
