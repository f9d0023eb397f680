package io.tikvdirect.cli;

import picocli.CommandLine.IVersionProvider;

/** Immutable. What {@code --version} prints. */
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = ProgramVersion.class.getPackage().getImplementationVersion();
        return new String[] {
            "tikv-direct " + (version == null ? "(from the source tree)" : version),
            System.getProperty("java.vm.name") + " " + Runtime.version()
        };
    }
}
