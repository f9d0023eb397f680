package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.buffer.BufferView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.kvrpcpb.KeyRange;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawCASRequest;
import io.tikvdirect.proto.kvrpcpb.RawChecksumRequest;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.agrona.DirectBuffer;

/**
 * What the body writers write is what protobuf-java reads as the request that was meant; and is as long as protobuf-java's
 * own encoding, so no default is written.
 */
class RequestBodyPropertyTest {
    @Property(tries = 300)
    void get(@ForAll("spaces") final KeySpace space, @ForAll("families") final String cf, @ForAll final byte[] key)
            throws Exception {
        final RawPointBodies bodies = new RawPointBodies(space, cf, false);
        final RawGetRequest expected =
                RawGetRequest.newBuilder().setKey(store(space, key)).setCf(cf).build();

        assertBody(expected, out -> bodies.writeGet(out, key));
        assertBody(expected, out -> bodies.writeGet(out, inside(key), 3, key.length));
        assertThat(bodies.getSize(key.length)).isEqualTo(expected.getSerializedSize());
        assertThat(RawGetKeyTTLRequest.parseFrom(bytes(out -> bodies.writeGet(out, key)))
                        .getKey())
                .isEqualTo(expected.getKey());
    }

    @Property(tries = 300)
    void put(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final boolean forCas,
            @ForAll final byte[] key,
            @ForAll final byte[] value,
            @ForAll @LongRange(min = 0) final long ttl)
            throws Exception {
        final RawPointBodies bodies = new RawPointBodies(space, cf, forCas);
        final RawPutRequest expected = RawPutRequest.newBuilder()
                .setKey(store(space, key))
                .setValue(ByteString.copyFrom(value))
                .setCf(cf)
                .setForCas(forCas)
                .setTtl(ttl)
                .build();

        assertBody(expected, out -> bodies.writePut(out, key, value, ttl));
        assertBody(
                expected, out -> bodies.writePut(out, inside(key), 3, key.length, inside(value), 3, value.length, ttl));
        assertBody(expected, out -> {
            bodies.writePutHead(out, key, value.length, ttl);
            out.writeBytes(value);
        });
        assertThat(bodies.putSize(key.length, value.length, ttl)).isEqualTo(expected.getSerializedSize());
    }

    @Property(tries = 300)
    void delete(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final boolean forCas,
            @ForAll final byte[] key)
            throws Exception {
        final RawPointBodies bodies = new RawPointBodies(space, cf, forCas);
        final RawDeleteRequest expected = RawDeleteRequest.newBuilder()
                .setKey(store(space, key))
                .setCf(cf)
                .setForCas(forCas)
                .build();

        assertBody(expected, out -> bodies.writeDelete(out, key));
        assertBody(expected, out -> bodies.writeDelete(out, inside(key), 3, key.length));
        assertThat(bodies.deleteSize(key.length)).isEqualTo(expected.getSerializedSize());
    }

    @Property(tries = 300)
    void compareAndSwap(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final byte[] key,
            @ForAll final byte[] previous,
            @ForAll final byte[] value,
            @ForAll @LongRange(min = 0) final long ttl)
            throws Exception {
        final RawPointBodies bodies = new RawPointBodies(space, cf, true);
        final RawCASRequest.Builder common =
                RawCASRequest.newBuilder().setKey(store(space, key)).setCf(cf);
        final RawCASRequest.Builder swap =
                common.clone().setValue(ByteString.copyFrom(value)).setTtl(ttl);

        assertBody(
                swap.clone().setPreviousValue(ByteString.copyFrom(previous)).build(),
                out -> bodies.writeCompareAndSwap(out, key, previous, value, ttl));
        assertBody(
                swap.clone().setPreviousNotExist(true).build(),
                out -> bodies.writeCompareAndSwap(out, key, null, value, ttl));
        assertBody(
                common.clone()
                        .setPreviousValue(ByteString.copyFrom(previous))
                        .setDelete(true)
                        .build(),
                out -> bodies.writeCompareAndDelete(out, key, previous));
    }

    @Property(tries = 300)
    void batchGetAndDelete(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final boolean forCas,
            @ForAll @Size(max = 20) final List<byte[]> keys)
            throws Exception {
        final RawBatchBodies bodies = new RawBatchBodies(space, cf, forCas);
        final RawBatchGetRequest.Builder get = RawBatchGetRequest.newBuilder().setCf(cf);
        final RawBatchDeleteRequest.Builder delete =
                RawBatchDeleteRequest.newBuilder().setCf(cf).setForCas(forCas);
        int size = 0;
        for (final byte[] key : keys) {
            get.addKeys(store(space, key));
            delete.addKeys(store(space, key));
            size += bodies.keySize(key.length);
        }

        assertBody(get.build(), out -> {
            keys.forEach(key -> bodies.writeKey(out, key));
            bodies.finishBatchGet(out);
        });
        assertBody(delete.build(), out -> {
            keys.forEach(key -> bodies.writeKey(out, inside(key), 3, key.length));
            bodies.finishBatchDelete(out);
        });
        assertThat(size + bodies.finishSize(keys.size(), 0))
                .isEqualTo(delete.build().getSerializedSize());
    }

    @Property(tries = 300)
    void batchPut(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final boolean forCas,
            @ForAll @Size(max = 20) final List<byte[]> keys,
            @ForAll @Size(min = 20, max = 20) final List<byte[]> values,
            @ForAll @LongRange(min = 0) final long ttl)
            throws Exception {
        final RawBatchBodies bodies = new RawBatchBodies(space, cf, forCas);
        final RawBatchPutRequest.Builder expected =
                RawBatchPutRequest.newBuilder().setCf(cf).setForCas(forCas);
        final long[] ttls = new long[keys.size()];
        int size = 0;
        for (int i = 0; i < keys.size(); i++) {
            expected.addPairs(
                    KvPair.newBuilder().setKey(store(space, keys.get(i))).setValue(ByteString.copyFrom(values.get(i))));
            size += bodies.pairSize(keys.get(i).length, values.get(i).length);
            ttls[i] = i;
        }

        final RawBatchPutRequest.Builder oneTtl = expected.clone();
        final RawBatchPutRequest.Builder manyTtls = expected.clone();
        for (int i = 0; i < keys.size(); i++) {
            manyTtls.addTtls(i);
            if (ttl != 0) {
                oneTtl.addTtls(ttl);
            }
        }

        assertBody(oneTtl.build(), out -> {
            for (int i = 0; i < keys.size(); i++) {
                bodies.writePair(out, keys.get(i), values.get(i));
            }
            bodies.finishBatchPut(out, keys.size(), ttl);
        });
        assertBody(oneTtl.build(), out -> {
            for (int i = 0; i < keys.size(); i++) {
                final byte[] key = keys.get(i);
                final byte[] value = values.get(i);
                final byte[] both = new byte[2 + key.length + value.length];
                System.arraycopy(key, 0, both, 1, key.length);
                System.arraycopy(value, 0, both, 1 + key.length, value.length);
                bodies.writePair(out, both, 1, key.length, 1 + key.length, value.length);
            }
            bodies.finishBatchPut(out, keys.size(), ttl);
        });
        assertBody(manyTtls.build(), out -> {
            for (int i = 0; i < keys.size(); i++) {
                final byte[] value = values.get(i);
                bodies.writePair(out, inside(keys.get(i)), 3, keys.get(i).length, inside(value), 3, value.length);
            }
            bodies.finishBatchPut(out, ttls, keys.size());
        });
        assertThat(size + bodies.finishSize(keys.size(), ttl))
                .isEqualTo(oneTtl.build().getSerializedSize());
    }

    @Property(tries = 300)
    void scan(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final byte[] lower,
            @ForAll final byte[] upper,
            @ForAll @IntRange(min = 1) final int limit,
            @ForAll final boolean keyOnly,
            @ForAll final boolean reverse)
            throws Exception {
        final RawRangeBodies bodies = new RawRangeBodies(space, cf);
        final ByteString first = store(space, lower);
        final ByteString end = storeEnd(space, upper);
        final RawScanRequest expected = RawScanRequest.newBuilder()
                .setStartKey(reverse ? end : first)
                .setEndKey(reverse ? first : end)
                .setLimit(limit)
                .setKeyOnly(keyOnly)
                .setReverse(reverse)
                .setCf(cf)
                .build();

        assertBody(expected, out -> bodies.writeScan(out, lower, upper, limit, keyOnly, reverse));
        assertBody(
                expected,
                out -> bodies.writeScan(
                        out, inside(lower), 3, lower.length, inside(upper), 3, upper.length, limit, keyOnly, reverse));
        assertThat(bodies.maxSize(lower.length, upper.length)).isGreaterThanOrEqualTo(expected.getSerializedSize());
    }

    @Property(tries = 300)
    void deleteRange(
            @ForAll("spaces") final KeySpace space,
            @ForAll("families") final String cf,
            @ForAll final byte[] lower,
            @ForAll final byte[] upper)
            throws Exception {
        final RawRangeBodies bodies = new RawRangeBodies(space, cf);
        assertBody(
                RawDeleteRangeRequest.newBuilder()
                        .setStartKey(store(space, lower))
                        .setEndKey(storeEnd(space, upper))
                        .setCf(cf)
                        .build(),
                out -> bodies.writeDeleteRange(out, lower, upper));
    }

    @Property(tries = 300)
    void checksumAndCoprocessor(
            @ForAll("spaces") final KeySpace space,
            @ForAll final byte[] lower,
            @ForAll final byte[] upper,
            @ForAll final byte[] data)
            throws Exception {
        final RawRangeBodies bodies = new RawRangeBodies(space, "");
        final KeyRange range = KeyRange.newBuilder()
                .setStartKey(store(space, lower))
                .setEndKey(storeEnd(space, upper))
                .build();

        assertBody(
                RawChecksumRequest.newBuilder()
                        .addRanges(range)
                        .addRanges(range)
                        .build(),
                out -> {
                    bodies.writeChecksumRange(out, lower, upper);
                    bodies.writeChecksumRange(out, lower, upper);
                });
        assertBody(
                RawCoprocessorRequest.newBuilder()
                        .addRanges(range)
                        .setCoprName("größe")
                        .setCoprVersionReq("^1.0")
                        .setData(ByteString.copyFrom(data))
                        .build(),
                out -> {
                    bodies.writeCoprocessorRange(out, lower, upper);
                    RawRangeBodies.finishCoprocessor(out, "größe", "^1.0", data);
                });
    }

    @Provide
    Arbitrary<KeySpace> spaces() {
        return Arbitraries.oneOf(
                Arbitraries.of(KeySpace.v1(), KeySpace.v1Ttl(), KeySpace.v1Txn()),
                Arbitraries.integers()
                        .between(0, KeySpace.MAX_KEYSPACE_ID)
                        .flatMap(id -> Arbitraries.of(KeyMode.values()).map(mode -> KeySpace.v2(mode, id))));
    }

    @Provide
    Arbitrary<String> families() {
        return Arbitraries.of("", "write", "größe");
    }

    private static ByteString store(final KeySpace space, final byte[] userKey) {
        return ByteString.copyFrom(space.storeKey(userKey));
    }

    private static ByteString storeEnd(final KeySpace space, final byte[] userEnd) {
        return ByteString.copyFrom(space.storeRangeEnd(userEnd));
    }

    /** The same bytes as a part of a larger Agrona buffer, each time another kind. */
    private static DirectBuffer inside(final byte[] bytes) {
        final byte[] larger = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, larger, 3, bytes.length);
        if (bytes.length % 2 == 0) {
            return new BufferView().wrap(Unpooled.wrappedBuffer(larger), 0, larger.length);
        }
        return new KeyBuffer().append(larger);
    }

    private static void assertBody(final Message expected, final Consumer<ByteBuf> writing)
            throws InvalidProtocolBufferException {
        final byte[] body = bytes(writing);
        assertThat(expected.getParserForType().parseFrom(body)).isEqualTo(expected);
        assertThat(body).as("no default is written").hasSize(expected.getSerializedSize());
    }

    private static byte[] bytes(final Consumer<ByteBuf> writing) {
        final ByteBuf out = Unpooled.buffer();
        writing.accept(out);
        return ByteBufUtil.getBytes(out);
    }
}
