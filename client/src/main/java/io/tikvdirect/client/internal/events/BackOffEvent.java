package io.tikvdirect.client.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Confined to whoever makes it. An operation waits before it is tried again. */
@Name("tikvdirect.BackOff")
@Label("Back-off")
@Category("tikv-direct")
@Description("An operation waits before it is tried again")
@StackTrace(false)
final class BackOffEvent extends Event {
    @Label("Kind")
    String kind = "";

    @Label("Cause")
    String cause = "";

    @Label("Delay")
    @Timespan(Timespan.NANOSECONDS)
    long delay;
}
