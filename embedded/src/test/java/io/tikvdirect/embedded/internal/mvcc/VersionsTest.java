package io.tikvdirect.embedded.internal.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private static Version put(long startTs, long commitTs) {
        return version(VersionType.PUT, startTs, commitTs);
    }

    private static Version version(VersionType type, long startTs, long commitTs) {
        ByteString value = type == VersionType.PUT ? ByteString.copyFromUtf8("v" + startTs) : null;
        return Version.of(type, startTs, commitTs, value, LastChange.UNKNOWN);
    }

    private static Version chain(Version... versions) {
        Version chain = null;
        for (Version version : versions) {
            chain = Versions.with(chain, version);
        }
        assertThat(chain).isNotNull();
        return chain;
    }

    private static List<Long> commits(@Nullable Version newest) {
        List<Long> commits = new ArrayList<>();
        for (Version version = newest; version != null; version = version.older()) {
            commits.add(version.commitTs());
        }
        return commits;
    }

    @Test
    void versionsStandNewestFirstWhateverTheOrderOfWriting() {
        Version chain = chain(put(1, 2), put(7, 9), put(4, 5), put(3, Ts.MAX));

        assertThat(commits(chain)).containsExactly(Ts.MAX, 9L, 5L, 2L);
    }

    @Test
    void aVersionReplacesTheOneThatStoodThere() {
        Version chain = chain(put(1, 2), put(4, 5), version(VersionType.ROLLBACK, 5, 5));

        assertThat(commits(chain)).containsExactly(5L, 2L);
        assertThat(chain.type()).isEqualTo(VersionType.ROLLBACK);
    }

    @Test
    void aVersionIsTakenOutOfTheMiddle() {
        Version chain = chain(put(1, 2), put(4, 5), put(7, 9));

        assertThat(commits(Versions.without(chain, 5))).containsExactly(9L, 2L);
        assertThat(Versions.without(chain, 6)).isSameAs(chain);
    }

    @Test
    void aReadSeesTheLatestPutAtItsTimestamp() {
        Version chain = chain(put(1, 2), version(VersionType.LOCK, 3, 4), version(VersionType.ROLLBACK, 6, 6));

        assertThat(Versions.visible(chain, 1, 1)).isNull();
        assertThat(Versions.visible(chain, 2, 2)).extracting(Version::startTs).isEqualTo(1L);
        assertThat(Versions.visible(chain, Ts.MAX, Ts.MAX))
                .extracting(Version::startTs)
                .isEqualTo(1L);
    }

    @Test
    void aReadSeesNothingThroughADelete() {
        Version chain = chain(put(1, 2), version(VersionType.DELETE, 3, 4), version(VersionType.LOCK, 5, 6));

        assertThat(Versions.visible(chain, 9, 9)).isNull();
        assertThat(Versions.visible(chain, 3, 9)).extracting(Version::startTs).isEqualTo(1L);
    }

    @Test
    void aFencedVersionIsHiddenFromReadersThatShouldHaveSeenTheNewerOne() {
        Version fenced = put(1, 2).overlapped(7);

        assertThat(Versions.visible(fenced, 9, 6)).isSameAs(fenced);
        assertThat(Versions.visible(fenced, 9, 7)).isNull();
        assertThat(Versions.visible(put(1, 2).overlapped(0), 9, 9)).isNotNull();
    }

    @Test
    void aTransactionIsFoundByItsStart() {
        Version chain = chain(put(3, 8), version(VersionType.ROLLBACK, 5, 5));

        assertThat(Versions.commitRecord(chain, 3).commitTs()).isEqualTo(8);
        assertThat(Versions.commitRecord(chain, 5).kind()).isEqualTo(CommitRecord.Kind.ROLLED_BACK);
        assertThat(Versions.commitRecord(chain, 4).kind()).isEqualTo(CommitRecord.Kind.NONE);
        assertThat(Versions.commitRecord(null, 4).kind()).isEqualTo(CommitRecord.Kind.NONE);
    }

    @Test
    void aRollbackBeneathAnothersCommitIsNotedThereWithAFence() {
        Version chain = chain(put(2, 5), put(7, 9));
        CommitRecord record = Versions.commitRecord(chain, 5);

        assertThat(record.rollback(5, false)).isNull();
        Version noted = record.rollback(5, true);
        assertThat(noted).isNotNull();
        assertThat(noted.hasOverlappedRollback()).isTrue();
        assertThat(noted.gcFence()).isEqualTo(9);
        assertThat(noted.startTs()).isEqualTo(2);
        assertThat(Versions.commitRecord(Versions.with(chain, noted), 5).kind())
                .isEqualTo(CommitRecord.Kind.ROLLED_BACK);
    }

    @Test
    void collectingKeepsWhatReadersAtTheSafePointSee() {
        Version chain = chain(put(1, 2), put(3, 4), version(VersionType.ROLLBACK, 5, 5), put(6, 8));

        assertThat(commits(Versions.collect(chain, 6))).containsExactly(8L, 4L);
        assertThat(commits(Versions.collect(chain, 1))).containsExactly(8L, 5L, 4L, 2L);
        assertThat(commits(Versions.collect(chain(put(1, 2), version(VersionType.DELETE, 3, 4)), 6)))
                .isEmpty();
    }

    @Test
    void theLastChangeIsCountedThroughLocks() {
        Version data = put(1, 2);
        Version lock = Version.of(VersionType.LOCK, 3, 4, null, LastChange.above(data));

        assertThat(LastChange.above(null)).isEqualTo(LastChange.NONE);
        assertThat(LastChange.above(data)).isEqualTo(new LastChange(2, 1));
        assertThat(LastChange.above(chain(data, lock))).isEqualTo(new LastChange(2, 2));
        assertThat(LastChange.above(chain(data, version(VersionType.ROLLBACK, 6, 6))))
                .isEqualTo(new LastChange(2, 2));
        assertThat(LastChange.above(chain(version(VersionType.ROLLBACK, 6, 6)))).isEqualTo(LastChange.NONE);
    }
}
