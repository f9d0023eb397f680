package io.tikvdirect.client.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Confined to whoever makes it. A store owes answers for long. */
@Name("tikvdirect.SlowRequests")
@Label("Slow Requests")
@Category("tikv-direct")
@Description("Requests that a store has not answered for slow.after or slow.hanging-after")
@StackTrace(false)
final class SlowRequestsEvent extends Event {
    @Label("Store")
    long store;

    @Label("Count")
    int count;

    @Label("Hanging")
    boolean hanging;

    @Label("Oldest")
    String oldest = "";
}
