package io.tikvdirect.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedClusterExtensionTest {
    private static final AtomicReference<EmbeddedCluster> EARLIER_OF_METHOD = new AtomicReference<>();

    @RegisterExtension
    final EmbeddedClusterExtension ofMethod = new EmbeddedClusterExtension(builder -> builder.stores(2));

    @RepeatedTest(2)
    void eachMethodGetsAClusterOfItsOwn() {
        EmbeddedCluster own = ofMethod.cluster();
        EmbeddedCluster before = EARLIER_OF_METHOD.getAndSet(own);
        assertThat(own).isNotSameAs(before);
        assertThat(own.stores()).hasSize(2).allMatch(EmbeddedStore::running);
        if (before != null) {
            assertThat(before.stores()).noneMatch(EmbeddedStore::running);
        }
    }

    @Test
    void outsideOfTestsThereIsNoCluster() {
        EmbeddedClusterExtension unused = new EmbeddedClusterExtension();
        assertThatThrownBy(unused::cluster).isInstanceOf(IllegalStateException.class);
    }
}
