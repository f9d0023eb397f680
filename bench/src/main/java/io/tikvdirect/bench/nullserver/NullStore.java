package io.tikvdirect.bench.nullserver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.kv.BatchCommand;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Confined to its connection's event loop. A store without data: the answers to gets and writes are bytes made once;
 * batches and scans are answered with as many pairs as were asked for.
 */
final class NullStore {
    private static final int REQUESTS = 1; // BatchCommandsRequest.requests, BatchCommandsResponse.responses
    private static final int REQUEST_IDS = 2; // in both
    private static final int FIRST_KEY = 2; // key, keys, start_key of every raw request
    private static final int SCAN_LIMIT = 3;
    private static final int PAIRS = 2; // RawBatchGetResponse.pairs, RawScanResponse.kvs
    private static final int PAIR_KEY = 2;
    private static final int PAIR_VALUE = 3;
    private static final int GET_VALUE = 3;
    private static final int KEY_BYTES = 16;
    private static final int BULK = 'L';

    private final NullSettings settings;
    private final byte[] value;
    private final byte[] getAnswer;
    private final byte[] getEntry;
    private final byte[] bulkAnswer;
    private final byte[] bulkEntry;
    private final FieldCursor batch = new FieldCursor();
    private final FieldCursor entry = new FieldCursor();
    private final FieldCursor command = new FieldCursor();
    private final ByteBuf scratch = Unpooled.directBuffer(4_096);

    NullStore(NullSettings settings) {
        this.settings = settings;
        this.value = "v".repeat(settings.valueSize()).getBytes(US_ASCII);
        this.getAnswer = valueAnswer(value);
        this.getEntry = entryOf(BatchCommand.RAW_GET, getAnswer);
        this.bulkAnswer = valueAnswer("V".repeat(settings.bulkValueSize()).getBytes(US_ASCII));
        this.bulkEntry = entryOf(BatchCommand.RAW_GET, bulkAnswer);
    }

    /** The methods of {@code tikvpb.Tikv} that clients use for raw data. */
    Map<String, Rpc> methods() {
        Map<String, Rpc> methods = new HashMap<>();
        methods.put("/tikvpb.Tikv/BatchCommands", new Rpc(false, this::answerBatch));
        unary(methods, "RawGet", BatchCommand.RAW_GET);
        unary(methods, "RawBatchGet", BatchCommand.RAW_BATCH_GET);
        unary(methods, "RawPut", BatchCommand.RAW_PUT);
        unary(methods, "RawBatchPut", BatchCommand.RAW_BATCH_PUT);
        unary(methods, "RawDelete", BatchCommand.RAW_DELETE);
        unary(methods, "RawBatchDelete", BatchCommand.RAW_BATCH_DELETE);
        unary(methods, "RawScan", BatchCommand.RAW_SCAN);
        return methods;
    }

    private void unary(Map<String, Rpc> methods, String name, int number) {
        methods.put("/tikvpb.Tikv/" + name, new Rpc(true, (in, offset, length, out) -> {
            answerCommand(number, in, offset, length, out);
            return true;
        }));
    }

    private static byte[] valueAnswer(byte[] bytes) {
        ByteBuf out = Unpooled.buffer(bytes.length + 16);
        WireWriter.writeBytesField(out, GET_VALUE, bytes);
        return array(out);
    }

    private static byte[] entryOf(int number, byte[] answer) {
        ByteBuf out = Unpooled.buffer(answer.length + 32);
        writeEntryHead(out, number, answer.length);
        return array(out.writeBytes(answer));
    }

    private static byte[] array(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void writeEntryHead(ByteBuf out, int number, int answerLength) {
        WireWriter.writeLengthDelimitedHead(out, REQUESTS, WireWriter.lengthDelimitedSize(number, answerLength));
        WireWriter.writeLengthDelimitedHead(out, number, answerLength);
    }

    private boolean answerBatch(ByteBuf in, int offset, int length, ByteBuf out) throws MalformedMessageException {
        batch.wrap(in, offset, length);
        while (batch.next()) {
            if (batch.fieldNumber() == REQUESTS) {
                answerEntry(in, batch.dataOffset(), batch.dataLength(), out);
            } else if (batch.fieldNumber() == REQUEST_IDS) {
                WireWriter.writeLengthDelimitedHead(out, REQUEST_IDS, batch.dataLength());
                out.writeBytes(in, batch.dataOffset(), batch.dataLength());
            }
        }
        return true;
    }

    private void answerEntry(ByteBuf in, int offset, int length, ByteBuf out) throws MalformedMessageException {
        entry.wrap(in, offset, length);
        if (!entry.next()) {
            throw new MalformedMessageException(MalformedMessageException.Reason.INCONSISTENT, "a request of no kind");
        }
        int number = entry.fieldNumber();
        if (number == BatchCommand.RAW_GET) {
            out.writeBytes(isBulk(in, entry.dataOffset(), entry.dataLength()) ? bulkEntry : getEntry);
            return;
        }
        scratch.clear();
        answerCommand(number, in, entry.dataOffset(), entry.dataLength(), scratch);
        writeEntryHead(out, number, scratch.readableBytes());
        out.writeBytes(scratch);
    }

    private void answerCommand(int number, ByteBuf in, int offset, int length, ByteBuf out)
            throws MalformedMessageException {
        switch (number) {
            case BatchCommand.RAW_GET -> out.writeBytes(isBulk(in, offset, length) ? bulkAnswer : getAnswer);
            case BatchCommand.RAW_BATCH_GET -> answerBatchGet(in, offset, length, out);
            case BatchCommand.RAW_SCAN -> answerScan(in, offset, length, out);
            default -> {} // an empty answer is success
        }
    }

    /** Only a server that has bulk values looks at keys. */
    private boolean isBulk(ByteBuf in, int offset, int length) throws MalformedMessageException {
        if (settings.bulkValueSize() == 0) {
            return false;
        }
        command.wrap(in, offset, length);
        while (command.next()) {
            if (command.fieldNumber() == FIRST_KEY) {
                return command.dataLength() > 0 && in.getByte(command.dataOffset()) == BULK;
            }
        }
        return false;
    }

    private void answerBatchGet(ByteBuf in, int offset, int length, ByteBuf out) throws MalformedMessageException {
        command.wrap(in, offset, length);
        while (command.next()) {
            if (command.fieldNumber() == FIRST_KEY) {
                writePairHead(out, command.dataLength());
                out.writeBytes(in, command.dataOffset(), command.dataLength());
                WireWriter.writeBytesField(out, PAIR_VALUE, value);
            }
        }
    }

    private void writePairHead(ByteBuf out, int keyLength) {
        int size = WireWriter.bytesFieldSize(PAIR_KEY, keyLength) + WireWriter.bytesFieldSize(PAIR_VALUE, value.length);
        WireWriter.writeLengthDelimitedHead(out, PAIRS, size);
        WireWriter.writeLengthDelimitedHead(out, PAIR_KEY, keyLength);
    }

    private void answerScan(ByteBuf in, int offset, int length, ByteBuf out) throws MalformedMessageException {
        int first = 0;
        long limit = 0;
        command.wrap(in, offset, length);
        while (command.next()) {
            if (command.fieldNumber() == FIRST_KEY) {
                first = keyNumber(in, command.dataOffset(), command.dataLength());
            } else if (command.fieldNumber() == SCAN_LIMIT) {
                limit = command.varint();
            }
        }
        int end = (int) Math.min(regionEnd(first), first + limit);
        for (int key = first; key < end; key++) {
            writePairHead(out, KEY_BYTES);
            out.writeBytes(key(key));
            WireWriter.writeBytesField(out, PAIR_VALUE, value);
        }
    }

    private int regionEnd(int key) {
        int region = (int) ((long) key * settings.regions() / settings.keys());
        while (settings.firstKey(region + 1) <= key && region + 1 < settings.regions()) {
            region++;
        }
        return settings.firstKey(region + 1);
    }

    /** The number in a key of 16 bytes; anything else is before the first. */
    private static int keyNumber(ByteBuf in, int offset, int length) {
        int number = 0;
        for (int i = 1; i < Math.min(length, KEY_BYTES); i++) {
            int digit = in.getByte(offset + i) - '0';
            number = digit < 0 || digit > 9 ? 0 : number * 10 + digit;
        }
        return length > KEY_BYTES ? number + 1 : number; // a key with a byte appended is "behind this key"
    }

    static byte[] key(int number) {
        return String.format(Locale.ROOT, "b%015d", number).getBytes(US_ASCII);
    }

    void release() {
        scratch.release();
    }
}
