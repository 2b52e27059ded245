# Outlives the test binary by a moment: stops the servers it left behind and removes its folder.
# Standard input is a pipe held open by the test binary only, so its end is the end of that process.
#   $1      the folder to remove
#   input   "started PID SIGNAL" and "ended PID", one a line
trap '' HUP INT TERM QUIT
folder=$1
alive=
while read -r what pid signal; do
	case $what in
	started) alive="$alive $pid:$signal" ;;
	ended)
		rest=
		for one in $alive; do
			[ "${one%:*}" = "$pid" ] || rest="$rest $one"
		done
		alive=$rest
		;;
	esac
done
for one in $alive; do
	kill -s "${one#*:}" "${one%:*}" 2>/dev/null
done
# Three seconds to leave by themselves; then the whole process group of each.
tries=30
while [ $tries -gt 0 ]; do
	left=
	for one in $alive; do
		kill -s 0 "${one%:*}" 2>/dev/null && left=yes
	done
	[ -n "$left" ] || break
	sleep 0.1
	tries=$((tries - 1))
done
for one in $alive; do
	kill -s KILL -- "-${one%:*}" 2>/dev/null
done
rm -rf -- "$folder" 2>/dev/null || { sleep 0.5; rm -rf -- "$folder"; }
