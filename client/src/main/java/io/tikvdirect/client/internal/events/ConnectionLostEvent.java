package io.tikvdirect.client.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Confined to whoever makes it. A connection to a store has ended or could not be made. */
@Name("tikvdirect.ConnectionLost")
@Label("Connection Lost")
@Category("tikv-direct")
@Description("A connection to a store has ended or could not be made")
@StackTrace(false)
final class ConnectionLostEvent extends Event {
    @Label("Store")
    long store;

    @Label("Why")
    String why = "";
}
