package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.RegionFixtures.region;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.region.Decision.Action;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.ServerIsBusy;
import io.tikvdirect.proto.metapb.RegionEpoch;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RegionErrorPolicyTest {
    private static final Region REGION = region(7, 5, 3, "a", "z");

    /** If this fails, kvproto has a new kind of region error: give it a row in {@link RegionErrorKind}. */
    @Test
    void everyFieldOfTheMessageHasARow() {
        final Set<Integer> fields = Error.getDescriptor().getFields().stream()
                .map(FieldDescriptor::getNumber)
                .filter(number -> number != Error.MESSAGE_FIELD_NUMBER)
                .collect(Collectors.toSet());
        final Set<Integer> rows = Arrays.stream(RegionErrorKind.values())
                .map(RegionErrorKind::field)
                .filter(number -> number != 0)
                .collect(Collectors.toSet());
        assertThat(rows).isEqualTo(fields);
    }

    @ParameterizedTest
    @EnumSource(RegionErrorKind.class)
    void everyRowIsReachedByAnAnswer(final RegionErrorKind kind) {
        assertThat(RegionErrorKind.of(answer(kind), REGION.id(), REGION.version(), REGION.confVersion()))
                .isEqualTo(kind);
    }

    /** Rows of the table ERR: what is done at the first and at the second time, for a request that may be repeated. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "NOT_LEADER_HINT, SWITCH_LEADER, RETRY, -, REGION_SCHEDULING",
                "NOT_LEADER_NO_HINT, TRY_OTHER, RETRY, REGION_SCHEDULING, REGION_SCHEDULING",
                "REGION_NOT_FOUND, INVALIDATE, REGROUP, -, REGION_MISS",
                "KEY_NOT_IN_REGION, INVALIDATE, REGROUP, -, REGION_MISS",
                "EPOCH_NOT_MATCH_EMPTY, INVALIDATE, REGROUP, -, REGION_MISS",
                "EPOCH_BEHIND, KEEP, RETRY, REGION_MISS, REGION_MISS",
                "EPOCH_NOT_MATCH, REPLACE, REGROUP, -, REGION_MISS",
                "SERVER_IS_BUSY, KEEP, RETRY, TIKV_SERVER_BUSY, TIKV_SERVER_BUSY",
                "DEADLINE_IS_EXCEEDED, KEEP, RETRY, TIKV_RPC, TIKV_RPC",
                "STALE_COMMAND, KEEP, RETRY, STALE_COMMAND, STALE_COMMAND",
                "STORE_NOT_MATCH, RERESOLVE_STORE, REGROUP, -, REGION_MISS",
                "RAFT_ENTRY_TOO_LARGE, KEEP, FAIL, -, -",
                "MAX_TIMESTAMP_NOT_SYNCED, KEEP, RETRY, MAX_TS_NOT_SYNCED, MAX_TS_NOT_SYNCED",
                "READ_INDEX_NOT_READY, KEEP, RETRY, REGION_SCHEDULING, REGION_SCHEDULING",
                "PROPOSAL_IN_MERGING_MODE, KEEP, RETRY, REGION_SCHEDULING, REGION_SCHEDULING",
                "DATA_IS_NOT_READY, TRY_OTHER, RETRY, -, MAX_TS_NOT_SYNCED",
                "REGION_NOT_INITIALIZED, KEEP, RETRY, REGION_NOT_INITIALIZED, REGION_NOT_INITIALIZED",
                "DISK_FULL, KEEP, RETRY, TIKV_DISK_FULL, TIKV_DISK_FULL",
                "RECOVERY_IN_PROGRESS, INVALIDATE, REGROUP, REGION_RECOVERY_IN_PROGRESS, REGION_RECOVERY_IN_PROGRESS",
                "FLASHBACK_IN_PROGRESS, KEEP, FAIL, -, -",
                "FLASHBACK_NOT_PREPARED, KEEP, FAIL, -, -",
                "IS_WITNESS, INVALIDATE, REGROUP, IS_WITNESS, IS_WITNESS",
                "MISMATCH_PEER_ID, INVALIDATE, REGROUP, -, REGION_MISS",
                "BUCKET_VERSION_NOT_MATCH, REFRESH_BUCKETS, REGROUP, -, REGION_MISS",
                "UNDETERMINED_RESULT, KEEP, RETRY, TIKV_RPC, TIKV_RPC",
                "INVALID_MAX_TS_UPDATE, KEEP, FAIL, -, -",
                "DEADLINE_MESSAGE, KEEP, RETRY, TIKV_RPC, TIKV_RPC",
                "OTHER, INVALIDATE, REGROUP, REGION_MISS, TIKV_RPC",
            })
    void eachAnswerIsHandledAsInTheTable(
            final RegionErrorKind kind,
            final CacheEffect effect,
            final Action action,
            final BackoffKind firstPause,
            final BackoffKind laterPause) {
        final AttemptHistory history = new AttemptHistory();
        final Decision first = RegionErrorPolicy.onRegionError(answer(kind), REGION, true, history);
        final Decision second = RegionErrorPolicy.onRegionError(answer(kind), REGION, true, history);
        assertThat(first.effect()).isEqualTo(effect);
        assertThat(first.action()).isEqualTo(second.action()).isEqualTo(action);
        assertThat(first.pause()).isEqualTo(firstPause);
        assertThat(second.pause()).isEqualTo(laterPause);
        assertThat(first.code() != null).isEqualTo(action == Action.FAIL);
        assertThat(history.count(kind)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(RegionErrorKind.class)
    void onlyAnswersThatSayTheWriteDidNotHappenLetItBeSentAgain(final RegionErrorKind kind) {
        final Decision decision = RegionErrorPolicy.onRegionError(answer(kind), REGION, false, new AttemptHistory());
        final boolean unknown = Set.of(
                        RegionErrorKind.STALE_COMMAND, RegionErrorKind.UNDETERMINED_RESULT, RegionErrorKind.OTHER)
                .contains(kind);
        assertThat(decision.isUndetermined()).isEqualTo(unknown);
        if (unknown) {
            assertThat(decision.action()).isEqualTo(Action.FAIL);
            assertThat(decision.code()).isEqualTo(ErrorCode.UNDETERMINED);
        }
    }

    @Test
    void nothingIsRepeatedForeverWithoutAPause() {
        for (final RegionErrorKind kind : RegionErrorKind.values()) {
            final AttemptHistory history = new AttemptHistory();
            RegionErrorPolicy.onRegionError(answer(kind), REGION, true, history);
            final Decision later = RegionErrorPolicy.onRegionError(answer(kind), REGION, true, history);
            assertThat(later.action() == Action.FAIL || later.pause() != null)
                    .as(kind.name())
                    .isTrue();
        }
    }

    @Test
    void aBusyStoreMayAskForALongerPause() {
        final Error busy = Error.newBuilder()
                .setServerIsBusy(ServerIsBusy.newBuilder().setBackoffMs(321))
                .build();
        assertThat(RegionErrorPolicy.onRegionError(busy, REGION, true, new AttemptHistory())
                        .pauseAtLeastMs())
                .isEqualTo(321);
    }

    private static Error answer(final RegionErrorKind kind) {
        final Error.Builder error = Error.newBuilder().setMessage("said the store");
        switch (kind) {
            case NOT_LEADER_HINT ->
                error.getNotLeaderBuilder().getLeaderBuilder().setId(1).setStoreId(2);
            case EPOCH_NOT_MATCH -> currentRegion(error, 6, 3);
            case EPOCH_BEHIND -> currentRegion(error, 4, 3);
            case DEADLINE_IS_EXCEEDED -> error.getServerIsBusyBuilder().setReason("deadline is exceeded");
            case INVALID_MAX_TS_UPDATE -> error.setMessage("invalid max_ts update: 5");
            case DEADLINE_MESSAGE -> error.setMessage("Deadline is exceeded");
            case OTHER -> error.setMessage("raft: proposal dropped");
            default -> {
                final FieldDescriptor field = Error.getDescriptor().findFieldByNumber(kind.field());
                error.setField(field, error.newBuilderForField(field).build());
            }
        }
        return error.build();
    }

    private static void currentRegion(final Error.Builder error, final long version, final long confVersion) {
        error.getEpochNotMatchBuilder()
                .addCurrentRegionsBuilder()
                .setId(REGION.id())
                .setRegionEpoch(RegionEpoch.newBuilder().setVersion(version).setConfVer(confVersion));
    }
}
