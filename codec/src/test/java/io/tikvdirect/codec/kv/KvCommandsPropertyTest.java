package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.AssertionLevel;
import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.CommitResponse;
import io.tikvdirect.proto.kvrpcpb.CommitRole;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import io.tikvdirect.proto.kvrpcpb.ScanResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The transactional messages, written and read by us, against protobuf-java. */
class KvCommandsPropertyTest {

    @Property(tries = 300)
    void get(
            @ForAll("spaces") final KeySpace space,
            @ForAll final byte[] key,
            @ForAll final long version,
            @ForAll final boolean needCommitTs)
            throws Exception {
        final KvReadBodies bodies = new KvReadBodies(space);
        final GetRequest expected = GetRequest.newBuilder()
                .setKey(store(space, key))
                .setVersion(version)
                .setNeedCommitTs(needCommitTs)
                .build();

        assertBody(expected, out -> bodies.writeGet(out, key, version, needCommitTs));
        assertThat(bodies.getSize(key.length, version, needCommitTs)).isEqualTo(expected.getSerializedSize());
    }

    @Property(tries = 300)
    void batchGet(
            @ForAll("spaces") final KeySpace space,
            @ForAll @Size(max = 20) final List<byte[]> keys,
            @ForAll final long version)
            throws Exception {
        final KvReadBodies bodies = new KvReadBodies(space);
        final BatchGetRequest.Builder expected = BatchGetRequest.newBuilder().setVersion(version);
        keys.forEach(key -> expected.addKeys(store(space, key)));

        assertBody(expected.build(), out -> {
            keys.forEach(key -> bodies.writeBatchGetKey(out, key));
            bodies.finishBatchGet(out, version);
        });
        final int size = keys.stream()
                .mapToInt(key -> bodies.batchGetKeySize(key.length))
                .sum();
        assertThat(size + bodies.batchGetFinishSize(version))
                .isEqualTo(expected.build().getSerializedSize());
    }

    @Property(tries = 300)
    void scan(
            @ForAll("spaces") final KeySpace space,
            @ForAll final byte[] lower,
            @ForAll final byte[] upper,
            @ForAll @IntRange(min = 1, max = 10_240) final int limit,
            @ForAll final long version,
            @ForAll final boolean keyOnly,
            @ForAll final boolean reverse,
            @ForAll @IntRange(max = 1000) final int step)
            throws Exception {
        final KvReadBodies bodies = new KvReadBodies(space);
        final ByteString first = store(space, lower);
        final ByteString last = ByteString.copyFrom(space.storeRangeEnd(upper));
        final ScanRequest expected = ScanRequest.newBuilder()
                .setStartKey(reverse ? last : first)
                .setEndKey(reverse ? first : last)
                .setLimit(limit)
                .setVersion(version)
                .setKeyOnly(keyOnly)
                .setReverse(reverse)
                .setSampleStep(step)
                .build();

        assertBody(expected, out -> bodies.writeScan(out, lower, upper, limit, version, keyOnly, reverse, step));
        assertThat(bodies.maxScanSize(lower.length, upper.length)).isGreaterThanOrEqualTo(expected.getSerializedSize());
    }

    @Property(tries = 300)
    void prewrite(
            @ForAll("spaces") final KeySpace space,
            @ForAll @Size(max = 20) final List<byte[]> keys,
            @ForAll final byte[] value,
            @ForAll final long seed,
            @ForAll final boolean asyncCommit,
            @ForAll final boolean onePhase)
            throws Exception {
        final KvCommitBodies bodies = new KvCommitBodies(space);
        final Random random = new Random(seed);
        final byte[] primary = new byte[random.nextInt(30)];
        final int op = random.nextInt(9);
        final int assertion = random.nextInt(3);
        final byte[] actions = new byte[keys.size()];
        for (int i = 0; i < actions.length; i++) {
            actions[i] = (byte) random.nextInt(3);
        }
        final PrewriteTerms terms = new PrewriteTerms(
                primary,
                random.nextLong(),
                random.nextInt(20_000),
                random.nextLong(),
                random.nextLong(),
                asyncCommit,
                onePhase,
                random.nextLong(),
                random.nextInt(3));
        final PrewriteRequest.Builder expected = PrewriteRequest.newBuilder()
                .setPrimaryLock(store(space, primary))
                .setStartVersion(terms.startVersion())
                .setLockTtl(terms.lockTtlMs())
                .setTxnSize(keys.size())
                .setForUpdateTs(terms.forUpdateTs())
                .setMinCommitTs(terms.minCommitTs())
                .setUseAsyncCommit(asyncCommit)
                .setTryOnePc(onePhase)
                .setMaxCommitTs(terms.maxCommitTs())
                .setAssertionLevel(AssertionLevel.forNumber(terms.assertionLevel()));
        int size = bodies.termsSize(terms, keys.size()) + bodies.pessimisticActionsSize(actions.length);
        for (int i = 0; i < keys.size(); i++) {
            final byte[] key = keys.get(i);
            expected.addMutations(Mutation.newBuilder()
                    .setOp(Op.forNumber(op))
                    .setKey(store(space, key))
                    .setValue(ByteString.copyFrom(value))
                    .setAssertion(Assertion.forNumber(assertion)));
            expected.addPessimisticActionsValue(actions[i]);
            expected.addSecondaries(store(space, key));
            size += bodies.mutationSize(op, key.length, value.length, assertion) + bodies.secondarySize(key.length);
        }
        final ByteBuf source = Unpooled.directBuffer().writeZero(3).writeBytes(value);
        try {
            assertBody(expected.build(), out -> {
                keys.forEach(key -> bodies.writeMutation(out, op, key, source, 3, value.length, assertion));
                bodies.writePessimisticActions(out, actions, actions.length);
                keys.forEach(key -> bodies.writeSecondary(out, key));
                bodies.writeTerms(out, terms, keys.size());
            });
        } finally {
            source.release();
        }
        assertThat(size).isEqualTo(expected.build().getSerializedSize());
    }

    @Property(tries = 300)
    void commit(
            @ForAll("spaces") final KeySpace space,
            @ForAll @Size(max = 20) final List<byte[]> keys,
            @ForAll final byte[] primary,
            @ForAll final long start,
            @ForAll final long commit,
            @ForAll @IntRange(max = 2) final int role,
            @ForAll final boolean asyncCommit)
            throws Exception {
        final KvCommitBodies bodies = new KvCommitBodies(space);
        final CommitRequest.Builder expected = CommitRequest.newBuilder()
                .setStartVersion(start)
                .setCommitVersion(commit)
                .setCommitRole(CommitRole.forNumber(role))
                .setPrimaryKey(store(space, primary))
                .setUseAsyncCommit(asyncCommit);
        keys.forEach(key -> expected.addKeys(store(space, key)));

        assertBody(expected.build(), out -> {
            keys.forEach(key -> bodies.writeCommitKey(out, key));
            bodies.finishCommit(out, start, commit, role, primary, asyncCommit);
        });
        final int size =
                keys.stream().mapToInt(key -> bodies.commitKeySize(key.length)).sum();
        assertThat(size + bodies.commitFinishSize(start, commit, role, primary.length, asyncCommit))
                .isEqualTo(expected.build().getSerializedSize());
    }

    @Property(tries = 200)
    void whatAReadSeesOfOthersIsInItsContext(
            @ForAll @IntRange(max = 2) final int level,
            @ForAll @Size(max = 5) final long[] resolved,
            @ForAll @Size(max = 5) final long[] committed)
            throws Exception {
        final byte[] encoded = new ContextEncoder()
                .isolationLevel(level)
                .resolvedLocks(resolved)
                .committedLocks(committed)
                .encode();

        final Context context = Context.parseFrom(encoded);
        assertThat(context.getIsolationLevelValue()).isEqualTo(level);
        assertThat(context.getResolvedLocksList())
                .containsExactlyElementsOf(LongStream.of(resolved).boxed().toList());
        assertThat(context.getCommittedLocksList())
                .containsExactlyElementsOf(LongStream.of(committed).boxed().toList());
    }

    @Property(tries = 300)
    void getAnswer(@ForAll final long seed) {
        final Random random = new Random(seed);
        final GetResponse.Builder answer = GetResponse.newBuilder()
                .setValue(bytes(random))
                .setNotFound(random.nextBoolean())
                .setCommitTs(random.nextLong());
        if (random.nextBoolean()) {
            answer.setError(locked(random));
        }
        if (random.nextInt(4) == 0) {
            answer.setRegionError(Error.newBuilder().setMessage("moved"));
        }
        final KvGetResponseReader reader = new KvGetResponseReader();
        inEveryShape(seed, answer.build(), GetResponse.parser(), reader, reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.hasError(), theirs.getError());
            assertThat(at(reader, reader.valueOffset(), reader.valueLength())).isEqualTo(theirs.getValue());
            assertThat(reader.notFound()).isEqualTo(theirs.getNotFound());
            assertThat(reader.commitTs()).isEqualTo(theirs.getCommitTs());
        });
    }

    @Property(tries = 300)
    void scanAnswer(@ForAll final long seed) {
        final Random random = new Random(seed);
        final ScanResponse.Builder answer = ScanResponse.newBuilder();
        if (random.nextInt(4) == 0) {
            answer.setError(locked(random));
        }
        for (int i = random.nextInt(20); i > 0; i--) {
            answer.addPairs(pair(random));
        }
        final KvPairsResponseReader reader = KvPairsResponseReader.ofScan(1000);
        inEveryShape(seed, answer.build(), ScanResponse.parser(), reader, reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.hasError(), theirs.getError());
            pairs(reader, theirs.getPairsList());
        });
    }

    @Property(tries = 300)
    void batchGetAnswer(@ForAll final long seed) {
        final Random random = new Random(seed);
        final BatchGetResponse.Builder answer = BatchGetResponse.newBuilder();
        if (random.nextInt(4) == 0) {
            answer.setError(locked(random));
        }
        for (int i = random.nextInt(20); i > 0; i--) {
            answer.addPairs(pair(random));
        }
        final KvPairsResponseReader reader = KvPairsResponseReader.ofBatchGet(1000);
        inEveryShape(seed, answer.build(), BatchGetResponse.parser(), reader, reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.hasError(), theirs.getError());
            pairs(reader, theirs.getPairsList());
        });
    }

    @Property(tries = 300)
    void prewriteAnswer(@ForAll final long seed) {
        final Random random = new Random(seed);
        final PrewriteResponse.Builder answer =
                PrewriteResponse.newBuilder().setMinCommitTs(random.nextLong()).setOnePcCommitTs(random.nextLong());
        for (int i = random.nextInt(3); i > 0; i--) {
            answer.addErrors(locked(random));
        }
        final KvPrewriteResponseReader reader = new KvPrewriteResponseReader();
        inEveryShape(seed, answer.build(), PrewriteResponse.parser(), reader, reader::wrap, theirs -> {
            assertThat(reader.hasRegionError()).isEqualTo(theirs.hasRegionError());
            assertThat(reader.hasKeyError()).isEqualTo(theirs.getErrorsCount() > 0);
            assertThat(reader.minCommitTs()).isEqualTo(theirs.getMinCommitTs());
            assertThat(reader.onePcCommitTs()).isEqualTo(theirs.getOnePcCommitTs());
        });
    }

    @Property(tries = 300)
    void commitAnswer(@ForAll final long seed) {
        final Random random = new Random(seed);
        final CommitResponse.Builder answer = CommitResponse.newBuilder().setCommitVersion(random.nextLong());
        if (random.nextBoolean()) {
            answer.setError(locked(random));
        }
        final KvCommitResponseReader reader = new KvCommitResponseReader();
        inEveryShape(seed, answer.build(), CommitResponse.parser(), reader, reader::wrap, theirs -> {
            errors(reader, theirs.hasRegionError(), theirs.hasError(), theirs.getError());
            assertThat(reader.commitVersion()).isEqualTo(theirs.getCommitVersion());
        });
        final KvRegionErrorReader any = new KvRegionErrorReader();
        inEveryShape(seed, answer.build(), CommitResponse.parser(), any, any::wrap, theirs -> assertThat(
                        any.hasRegionError())
                .isEqualTo(theirs.hasRegionError()));
    }

    private interface Wrapping {
        KvResponseReader wrap(ByteBuf buffer, int offset, int length)
                throws io.tikvdirect.codec.wire.MalformedMessageException;
    }

    private static <M extends Message> void inEveryShape(
            final long seed,
            final M message,
            final Parser<M> parser,
            final KvResponseReader reader,
            final Wrapping wrapping,
            final Consumer<M> comparison) {
        check(message.toByteArray(), parser, reader, wrapping, comparison);
        check(Messages.shuffled(message, seed), parser, reader, wrapping, comparison);
        for (int i = 0; i < 4; i++) {
            check(Messages.mutated(message.toByteArray(), seed + i), parser, reader, wrapping, comparison);
        }
    }

    private static <M extends Message> void check(
            final byte[] bytes,
            final Parser<M> parser,
            final KvResponseReader reader,
            final Wrapping wrapping,
            final Consumer<M> comparison) {
        final M theirs = Messages.parse(parser, bytes);
        final Reason reason = Messages.read(bytes, (buffer, offset, length) -> {
            wrapping.wrap(buffer, offset, length);
            assertThat(reader.buffer()).isSameAs(buffer);
            if (theirs != null) {
                comparison.accept(theirs);
            } else {
                assertThat(Messages.mentions(bytes, 1, 2, 3, 4, 5, 6))
                        .as("only errors and execution details go unread")
                        .isTrue();
            }
        });
        if (reason != null && theirs != null) {
            assertThat(reason).isIn(Messages.STRICTER);
        }
    }

    private static void errors(
            final KvResponseReader reader, final boolean hasRegionError, final boolean hasError, final KeyError error) {
        assertThat(reader.hasRegionError()).isEqualTo(hasRegionError);
        assertThat(reader.hasKeyError()).isEqualTo(hasError);
        assertThat(Messages.parse(
                        KeyError.parser(),
                        at(reader, reader.keyErrorOffset(), reader.keyErrorLength())
                                .toByteArray()))
                .isEqualTo(error);
    }

    private static void pairs(final KvPairsResponseReader reader, final List<KvPair> theirs) {
        assertThat(reader.pairs().count()).isEqualTo(theirs.size());
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(at(reader, reader.pairs().keyOffset(i), reader.pairs().keyLength(i)))
                    .isEqualTo(theirs.get(i).getKey());
            assertThat(at(reader, reader.pairs().valueOffset(i), reader.pairs().valueLength(i)))
                    .isEqualTo(theirs.get(i).getValue());
            assertThat(reader.pairs().hasError(i)).isEqualTo(theirs.get(i).hasError());
        }
    }

    private static ByteString at(final KvResponseReader reader, final int offset, final int length) {
        return ByteString.copyFrom(ByteBufUtil.getBytes(reader.buffer(), offset, length));
    }

    private static KeyError locked(final Random random) {
        return KeyError.newBuilder()
                .setLocked(LockInfo.newBuilder().setKey(bytes(random)).setLockVersion(random.nextLong()))
                .build();
    }

    private static KvPair pair(final Random random) {
        final KvPair.Builder pair = KvPair.newBuilder().setKey(bytes(random));
        return random.nextInt(5) == 0
                ? pair.setError(locked(random)).build()
                : pair.setValue(bytes(random)).build();
    }

    private static ByteString bytes(final Random random) {
        final byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    @Provide
    Arbitrary<KeySpace> spaces() {
        return Arbitraries.of(KeySpace.v1Txn(), KeySpace.v2(KeyMode.TXN, 0), KeySpace.v2(KeyMode.TXN, 4242));
    }

    private static ByteString store(final KeySpace space, final byte[] userKey) {
        return ByteString.copyFrom(space.storeKey(userKey));
    }

    private static void assertBody(final Message expected, final Consumer<ByteBuf> writing) throws Exception {
        final ByteBuf out = Unpooled.buffer();
        writing.accept(out);
        final byte[] written = Arrays.copyOf(out.array(), out.readableBytes());
        assertThat(expected.getParserForType().parseFrom(written)).isEqualTo(expected);
        assertThat(written).hasSize(expected.getSerializedSize());
    }
}
