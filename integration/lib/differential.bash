# Compiles the differential runs, which are among the tests of module integration. Sourced, not run.
# shellcheck shell=bash

differential=() # the command, once it is built

# build_differential TOP: compiles what is older than its sources; the class path is kept from build to build.
build_differential() {
  local top=$1 stamp=$1/integration/target/differential-classpath module changed=yes
  local -a maven sources=()
  read -ra maven <<<"${MVN:-mvn}" # may carry options, such as -o
  for module in proto codec netty-transport embedded client cli; do sources+=("$top/$module/src/main" "$top/$module/pom.xml"); done
  sources+=("$top/integration/src/test" "$top/integration/pom.xml" "$top/pom.xml")
  [ ! -r "$stamp" ] || changed=$(find "${sources[@]}" -newer "$stamp" -print -quit)
  if [ -n "$changed" ]; then
    echo "compiling our client, the embedded cluster and the differential runs" >&2
    (cd "$top" && "${maven[@]}" -q -pl integration -am test-compile dependency:build-classpath -Dchecks.skip \
      -DincludeScope=test -Dmdep.outputFile='${project.build.directory}/differential-classpath') >&2 && touch "$stamp" || return 1
  fi
  # shellcheck disable=SC2034 # for whoever sources this
  differential=("${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED
    -cp "$top/integration/target/test-classes:$(cat "$stamp")" io.tikvdirect.integration.differential.Differential)
}
