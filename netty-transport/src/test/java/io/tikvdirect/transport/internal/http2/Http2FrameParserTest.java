package io.tikvdirect.transport.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.testing.ByteChunks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Http2FrameParserTest {
    @Test
    void everyFrameIsReadTheSameHoweverItArrives() throws Exception {
        final byte[] bytes = conversation();
        final List<String> expected = List.of(
                "setting 4=100000",
                "setting 999=4294967295",
                "settings",
                "settingsAck",
                "headers 1 end=false",
                "fragment 8140",
                "headersEnd",
                "headers 3 end=true",
                "fragment 82",
                "continuation",
                "continuation",
                "fragment 83",
                "headersEnd",
                "data 1 4",
                "bytes 61626364",
                "dataEnd 1 0 false",
                "data 1 8",
                "bytes 6566",
                "dataEnd 1 6 true",
                "data 1 1",
                "dataEnd 1 1 false",
                "data 1 0",
                "dataEnd 1 0 true",
                "ignored 2",
                "rst 5 8",
                "ping 72623859790382856",
                "pingAck -1",
                "windowUpdate 0 2147483647",
                "windowUpdate 1 0",
                "ignored 200",
                "streamError 9 FRAME_SIZE_ERROR",
                "goAway 7 11 too_many_pings",
                "goAway 2147483647 0 ");
        for (final List<byte[]> chunks : ByteChunks.everyWay(bytes, 7)) {
            final Recorder recorder = new Recorder();
            final Http2FrameParser parser = new Http2FrameParser(16_384, new FrameLog());
            ByteChunks.feed(chunks, chunk -> parser.parse(chunk, recorder));
            assertThat(recorder.merged()).isEqualTo(expected);
        }
    }

    @Test
    void longGoAwayDebugDataIsCutAndMadePrintable() throws Exception {
        final ByteBuf out = Unpooled.buffer();
        FrameWriter.writeHeader(out, 0, FrameType.SETTINGS, 0, 0);
        FrameWriter.writeHeader(out, 8 + 1_000, FrameType.GOAWAY, 0, 0);
        out.writeInt(1).writeInt(2).writeByte(7).writeBytes("x".repeat(999).getBytes());
        final Recorder recorder = new Recorder();
        new Http2FrameParser(16_384, new FrameLog()).parse(out, recorder);
        assertThat(recorder.events.get(1)).isEqualTo("goAway 1 2 ?" + "x".repeat(255));
    }

    @Test
    void stoppedParserReadsNoFurther() throws Exception {
        final ByteBuf in = Unpooled.wrappedBuffer(conversation());
        final Http2FrameParser parser = new Http2FrameParser(16_384, new FrameLog());
        final Recorder recorder = new Recorder() {
            @Override
            public void onSettingsEnd() {
                parser.stop();
            }
        };
        parser.parse(in, recorder);
        assertThat(recorder.events).hasSize(2);
        parser.parse(in, recorder);
        assertThat(recorder.events).hasSize(2);
    }

    @Test
    void frameLogKeepsTheLastFramesInOrder() {
        final FrameLog log = new FrameLog();
        assertThat(log.describe()).isEmpty();
        for (int i = 0; i < 100; i++) {
            log.received(FrameType.DATA, 0, i, 10);
        }
        log.sent(FrameType.PING, FrameFlags.ACK, 0, 8);
        assertThat(log.describe()).startsWith("< DATA[0] 37 10 | ").endsWith("< DATA[0] 99 10 | > PING[1] 0 8");
    }

    @FuzzTest(maxDuration = "1m")
    void neverAnUncheckedException(final byte[] bytes) {
        final Http2FrameParser parser = new Http2FrameParser(16_384, new FrameLog());
        try {
            parser.parse(Unpooled.wrappedBuffer(bytes), new Recorder());
        } catch (ConnectionErrorException e) {
            assertThat(e.errorCode()).isBetween(1, 13);
        }
    }

    private static byte[] conversation() {
        final ByteBuf out = Unpooled.buffer();
        FrameWriter.writeHeader(out, 12, FrameType.SETTINGS, 0, 0);
        FrameWriter.writeSetting(out, 4, 100_000);
        FrameWriter.writeSetting(out, 999, -1);
        FrameWriter.writeHeader(out, 0, FrameType.SETTINGS, FrameFlags.ACK, 0);
        // HEADERS with padding and priority
        FrameWriter.writeHeader(out, 1 + 5 + 2 + 3, FrameType.HEADERS, 0x2c, 1);
        out.writeByte(3).writeZero(5).writeByte(0x81).writeByte(0x40).writeZero(3);
        FrameWriter.writeHeader(out, 1, FrameType.HEADERS, FrameFlags.END_STREAM, 3);
        out.writeByte(0x82);
        FrameWriter.writeHeader(out, 0, FrameType.CONTINUATION, 0, 3);
        FrameWriter.writeHeader(out, 1, FrameType.CONTINUATION, FrameFlags.END_HEADERS, 3);
        out.writeByte(0x83);
        FrameWriter.writeHeader(out, 4, FrameType.DATA, 0, 1);
        out.writeBytes("abcd".getBytes());
        FrameWriter.writeHeader(out, 8, FrameType.DATA, FrameFlags.PADDED | FrameFlags.END_STREAM, 1);
        out.writeByte(5).writeBytes("ef".getBytes()).writeZero(5);
        FrameWriter.writeHeader(out, 1, FrameType.DATA, FrameFlags.PADDED, 1);
        out.writeByte(0);
        FrameWriter.writeHeader(out, 0, FrameType.DATA, FrameFlags.END_STREAM, 1);
        FrameWriter.writeHeader(out, 5, FrameType.PRIORITY, 0, 3);
        out.writeZero(5);
        FrameWriter.writeRstStream(out, 5, Http2ErrorCode.CANCEL);
        FrameWriter.writePing(out, 0x0102030405060708L, 0);
        FrameWriter.writePing(out, -1, FrameFlags.ACK);
        FrameWriter.writeWindowUpdate(out, 0, -1);
        FrameWriter.writeWindowUpdate(out, 1, 0x80000000);
        FrameWriter.writeHeader(out, 3, 200, 0xff, 77);
        out.writeZero(3);
        FrameWriter.writeHeader(out, 6, FrameType.PRIORITY, 0, 9);
        out.writeZero(6);
        FrameWriter.writeHeader(out, 8 + 14, FrameType.GOAWAY, 0, 0);
        out.writeInt(7).writeInt(11).writeBytes("too_many_pings".getBytes());
        FrameWriter.writeHeader(out, 8, FrameType.GOAWAY, 0, 0);
        out.writeInt(-1).writeInt(0);
        return ByteBufUtil.getBytes(out);
    }

    /** Writes down what it is told. */
    private static class Recorder implements Http2FrameListener {
        final List<String> events = new ArrayList<>();

        /** Pieces of one thing, put together. */
        List<String> merged() {
            final List<String> merged = new ArrayList<>();
            for (final String event : events) {
                final int last = merged.size() - 1;
                final boolean piece = event.startsWith("bytes ") || event.startsWith("fragment ");
                final String word = event.substring(0, event.indexOf(' ') + 1);
                if (piece && last >= 0 && merged.get(last).startsWith(word)) {
                    merged.set(last, merged.get(last) + event.substring(word.length()));
                } else {
                    merged.add(event);
                }
            }
            return merged;
        }

        private static String hex(final ByteBuf in, final int length) {
            return ByteBufUtil.hexDump(in, in.readerIndex(), length);
        }

        @Override
        public void onDataFrame(final int streamId, final int payloadLength, final int flags) {
            events.add("data " + streamId + " " + payloadLength);
        }

        @Override
        public void onDataBytes(final int streamId, final ByteBuf in, final int length) {
            events.add("bytes " + hex(in, length));
        }

        @Override
        public void onDataEnd(final int streamId, final int paddingLength, final boolean endStream) {
            events.add("dataEnd " + streamId + " " + paddingLength + " " + endStream);
        }

        @Override
        public void onHeadersBegin(final int streamId, final boolean endStream) {
            events.add("headers " + streamId + " end=" + endStream);
        }

        @Override
        public void onContinuation() {
            events.add("continuation");
        }

        @Override
        public void onHeaderFragment(final ByteBuf in, final int length) {
            events.add("fragment " + hex(in, length));
        }

        @Override
        public void onHeadersEnd() {
            events.add("headersEnd");
        }

        @Override
        public void onRstStream(final int streamId, final int errorCode) {
            events.add("rst " + streamId + " " + errorCode);
        }

        @Override
        public void onSetting(final int identifier, final long value) {
            events.add("setting " + identifier + "=" + value);
        }

        @Override
        public void onSettingsEnd() {
            events.add("settings");
        }

        @Override
        public void onSettingsAck() {
            events.add("settingsAck");
        }

        @Override
        public void onPing(final long payload) {
            events.add("ping " + payload);
        }

        @Override
        public void onPingAck(final long payload) {
            events.add("pingAck " + payload);
        }

        @Override
        public void onGoAway(final int lastStreamId, final int errorCode, final String debug) {
            events.add("goAway " + lastStreamId + " " + errorCode + " " + debug);
        }

        @Override
        public void onWindowUpdate(final int streamId, final int increment) {
            events.add("windowUpdate " + streamId + " " + increment);
        }

        @Override
        public void onIgnoredFrame(final int type) {
            events.add("ignored " + type);
        }

        @Override
        public void onStreamError(final int streamId, final int errorCode, final String message) {
            events.add("streamError " + streamId + " " + Http2ErrorCode.name(errorCode));
        }
    }
}
