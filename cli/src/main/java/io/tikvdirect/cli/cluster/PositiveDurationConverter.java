package io.tikvdirect.cli.cluster;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Immutable. As {@link DurationConverter}, and zero is refused. */
public final class PositiveDurationConverter implements ITypeConverter<Duration> {
    private final DurationConverter converter = new DurationConverter();

    /** For picocli. */
    public PositiveDurationConverter() {}

    @Override
    public Duration convert(String text) {
        Duration duration = converter.convert(text);
        if (duration.isZero()) {
            throw new TypeConversionException("a duration above zero is needed, not '" + text + "'");
        }
        return duration;
    }
}
