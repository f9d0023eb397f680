package io.tikvdirect.codec.kv;

import com.google.protobuf.Message;
import io.tikvdirect.codec.Messages;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Each reader against protobuf-java: as written, fields in another order, damaged, and noise. */
class ResponseReaderPropertyTest {
    @Property(tries = 300)
    void rawGet(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawGet, KvDifferential::rawGet);
    }

    @Property(tries = 300)
    void rawWrites(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawPut, KvDifferential::rawWrite);
    }

    @Property(tries = 300)
    void rawKeyTtl(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawKeyTtl, KvDifferential::rawKeyTtl);
    }

    @Property(tries = 300)
    void rawCas(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawCas, KvDifferential::rawCas);
    }

    @Property(tries = 300)
    void rawChecksum(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawChecksum, KvDifferential::rawChecksum);
    }

    @Property(tries = 300)
    void rawCoprocessor(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawCoprocessor, KvDifferential::rawCoprocessor);
    }

    @Property(tries = 300)
    void rawScan(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawScan, KvDifferential::rawPairs);
    }

    @Property(tries = 300)
    void rawBatchGet(@ForAll final long seed) {
        inEveryShape(seed, Answers::rawBatchGet, KvDifferential::rawPairs);
    }

    @Property(tries = 150)
    void batchCommands(@ForAll final long seed) {
        inEveryShape(seed, Answers::batchCommands, KvDifferential::batchCommands);
    }

    @Property(tries = 300)
    void noise(@ForAll final byte[] noise) {
        KvDifferential.rawGet(noise);
        KvDifferential.rawWrite(noise);
        KvDifferential.rawKeyTtl(noise);
        KvDifferential.rawCas(noise);
        KvDifferential.rawChecksum(noise);
        KvDifferential.rawCoprocessor(noise);
        KvDifferential.rawPairs(noise);
        KvDifferential.batchCommands(noise);
    }

    private static void inEveryShape(
            final long seed, final Function<Answers, Message> answer, final Consumer<byte[]> differential) {
        final Message message = answer.apply(new Answers(seed));
        differential.accept(message.toByteArray());
        differential.accept(Messages.shuffled(message, seed));
        for (int i = 0; i < 4; i++) {
            differential.accept(Messages.mutated(message.toByteArray(), seed + i));
        }
    }
}
