/** The shell functions of the script: POSIX sh and what Raspberry Pi OS and Debian have. Each line of the script is one call.
 *
 *  Ways to a GPIO line, the best first:
 *  1. Exported by sysfs: what a program that was killed left behind. It stays driven, and nobody else can have it.
 *  2. \`pinctrl\` of Raspberry Pi OS (Bookworm and Trixie), \`raspi-gpio\` before it: writes the registers, whoever holds the line, and the pin stays driven.
 *  3. \`gpioset\` of libgpiod 1.6 (Bookworm) or 2.2 (Trixie), whose options differ. The line is let go when it ends: a kernel that does not keep
 *     outputs makes an input of it, and the pull at the pin decides. Fails for a line that somebody holds.
 *  4. Export by sysfs, and let go again: as 3.
 *  3 and 4 do not hold the line, for the guard that starts next could not have it. */
export const functions = `failed=0
PATH=$PATH:/usr/sbin:/sbin
say() { printf '%s: %s\\n' "$1" "$2"; }
fail() { printf '%s: NOT MADE SAFE: %s\\n' "$1" "$2" >&2; failed=$((failed + 1)); }
has() { command -v "$1" > /dev/null 2>&1; }

# drive LINE LEVEL: an exported line of sysfs, read back
drive() {
  file=$gpio_root/gpio$1
  if [ "$2" = 1 ]; then word=high; else word=low; fi
  { echo "$word" > "$file/direction"; } 2> /dev/null && [ "$(cat "$file/value" 2> /dev/null)" = "$2" ]
}

# set_line CHIP OFFSET LEVEL by libgpiod. CHIP is its label. Version 2 knows chips by name only, and would hold the line without -t 0.
set_line() {
  case $(gpioset --version 2> /dev/null | head -n 1) in
    *' v1.'*) gpioset -- "$1" "$2=$3" 2> /dev/null ;;
    *)
      name=$(gpiodetect 2> /dev/null | grep -F -- "[$1]" | head -n 1 | cut -d ' ' -f 1)
      [ -n "$name" ] && gpioset -t 0 -c "$name" -- "$2=$3" 2> /dev/null
      ;;
  esac
}

# gpio WHAT OFFSET LEVEL LABEL...: the first chip that is there counts
gpio() {
  what=$1 offset=$2 level=$3 line=
  shift 3
  for label do
    for chip in "$gpio_root"/gpiochip*; do
      [ "$(cat "$chip/label" 2> /dev/null)" = "$label" ] || continue
      line=$(($(cat "$chip/base") + offset))
      break 2
    done
  done
  if [ -n "$line" ] && [ -w "$gpio_root/gpio$line/direction" ] && drive "$line" "$level"; then say "$what" "OFF (sysfs $line)"; return; fi
  for label do
    case $label in pinctrl-rp1 | pinctrl-bcm2711 | pinctrl-bcm2835) ;; *) continue ;; esac
    if [ "$level" = 1 ]; then pin=dh; else pin=dl; fi
    for tool in pinctrl raspi-gpio; do
      if has "$tool" && "$tool" set "$offset" op "$pin" > /dev/null 2>&1; then say "$what" "OFF (GPIO$offset)"; return; fi
    done
    break
  done
  if has gpioset; then
    for label do
      if set_line "$label" "$offset" "$level"; then say "$what" "OFF, and let go ($label line $offset)"; return; fi
    done
  fi
  if [ -n "$line" ] && { echo "$line" > "$gpio_root/export"; } 2> /dev/null; then
    drive "$line" "$level"
    is_off=$?
    { echo "$line" > "$gpio_root/unexport"; } 2> /dev/null
    if [ "$is_off" = 0 ]; then say "$what" "OFF, and let go (sysfs $line)"; return; fi
  fi
  fail "$what" "nothing could set line $offset of $(IFS=,; echo "$*"). Run as root, and install gpiod or raspi-utils"
}

# named WHAT NAME LEVEL: libgpiod 1 has gpiofind, version 2 takes the name itself
named() {
  if has gpiofind; then
    found=$(gpiofind -- "$2" 2> /dev/null) && [ -n "$found" ] && gpioset -- "\${found% *}" "\${found##* }=$3" 2> /dev/null
  else
    gpioset -t 0 --by-name -- "$2=$3" 2> /dev/null
  fi && { say "$1" "OFF, and let go ($2)"; return; }
  fail "$1" "gpioset could not set the line $2. Run as root, and install gpiod"
}

# i2c WHAT BUS ADDRESS REGISTER VALUE [REGISTER VALUE]; REGISTER - : the byte alone
i2c() {
  what=$1 bus=$2 address=$3
  shift 3
  while [ $# -gt 0 ]; do
    if [ "$1" = - ]; then i2cset -y "$bus" "$address" "$2"; else i2cset -y "$bus" "$address" "$1" "$2"; fi > /dev/null 2>&1 || return 1
    shift 2
  done
  say "$what" "OFF (i2c-$bus, $address)"
}

# pwm WHAT STEADY DEVICE:CHANNEL...: STEADY 0 or 1 is the level at the pin for -12 V
pwm() {
  what=$1 steady=$2
  shift 2
  for place do
    for chip in "$pwm_root"/pwmchip*; do
      case $(readlink -f "$chip/device" 2> /dev/null) in *"\${place%:*}"*) ;; *) continue ;; esac
      out=$chip/pwm\${place##*:}
      [ -d "$out" ] || { say "$what" "not switched on"; return; }
      if [ "$steady" = 1 ]; then duty=$(cat "$out/period" 2> /dev/null); else duty=0; fi
      { echo "$duty" > "$out/duty_cycle"; } 2> /dev/null && [ "$(cat "$out/duty_cycle" 2> /dev/null)" = "$duty" ] && { say "$what" "steady -12 V, state F"; return; }
      fail "$what" "$out/duty_cycle does not take $duty. Run as root"
      return
    done
  done
  fail "$what" "there is no PWM chip $*. Is its overlay in config.txt?"
}

# serial WHAT PATH BAUD PARITY STOPBITS BYTES: three times, because a bus that was in the middle of a frame loses the first
serial() {
  [ -c "$2" ] || { fail "$1" "$2 is not there"; return; }
  case $4 in even) parity='parenb -parodd' ;; odd) parity='parenb parodd' ;; *) parity=-parenb ;; esac
  if [ "$5" = 2 ]; then stop=cstopb; else stop=-cstopb; fi
  # Told even where the line cannot be set: whoever was killed left it as it should be.
  stty -F "$2" "$3" cs8 raw -echo clocal -crtscts "$stop" $parity 2> /dev/null
  is_set=$?
  (for try in 1 2 3; do printf %b "$6" || exit 1; sleep 0.3; done) 2> /dev/null > "$2" || { fail "$1" "$2 cannot be written"; return; }
  if [ "$is_set" = 0 ]; then say "$1" "told to stop ($2)"; else fail "$1" "$2 cannot be set to $3 baud with parity $4; it was told to stop all the same"; fi
}
`
