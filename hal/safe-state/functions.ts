/** The shell functions of the script: POSIX sh and what Raspberry Pi OS and Debian have. Each line of the script is one call. */
export const functions = `failed=0
say() { printf '%s: %s\\n' "$1" "$2"; }
fail() { say "$1" "NOT MADE SAFE: $2" >&2; failed=1; }
hex() { printf '0x%02x' "$1"; }

# gpio WHAT LABELS OFFSET LEVEL: LABELS separated by |, the first chip that is there counts.
gpio() {
  what=$1 labels=$2 offset=$3 level=$4
  if [ "$level" = 1 ]; then word=high pin=dh; else word=low pin=dl; fi
  chip= base=
  old=$IFS; IFS='|'; set -f; set -- $labels; set +f; IFS=$old
  for label do
    for each in "$gpio_root"/gpiochip*; do
      [ -r "$each/label" ] && [ "$(cat "$each/label")" = "$label" ] && { base=$(cat "$each/base"); break 2; }
    done
  done
  # Held by sysfs already: what a program that was killed left behind.
  if [ -n "$base" ] && [ -w "$gpio_root/gpio$((base + offset))/direction" ]; then
    echo "$word" > "$gpio_root/gpio$((base + offset))/direction" && { say "$what" "OFF (sysfs line $((base + offset)))"; return; }
  fi
  case $labels in *pinctrl-*)
    if command -v pinctrl > /dev/null 2>&1 && pinctrl set "$offset" op "$pin" 2> /dev/null; then say "$what" "OFF (GPIO$offset)"; return; fi ;;
  esac
  for label do
    if command -v gpioset > /dev/null 2>&1; then
      # libgpiod 1 takes a label; libgpiod 2 wants the chip's name and holds the line until it is told to go.
      if gpioset --version 2> /dev/null | grep -q 'v1\\.'; then gpioset "$label" "$offset=$level" 2> /dev/null && { say "$what" "OFF ($label $offset)"; return; }
      else
        chip=$(gpiodetect 2> /dev/null | grep -F "[$label]" | head -n 1 | cut -d' ' -f1)
        [ -n "$chip" ] && gpioset -t 0 -c "$chip" "$offset=$level" 2> /dev/null && { say "$what" "OFF ($label $offset)"; return; }
      fi
    fi
  done
  if [ -n "$base" ] && echo "$((base + offset))" > "$gpio_root/export" 2> /dev/null; then
    echo "$word" > "$gpio_root/gpio$((base + offset))/direction" && { say "$what" "OFF (sysfs line $((base + offset)))"; echo "$((base + offset))" > "$gpio_root/unexport"; return; }
  fi
  fail "$what" "line $offset of $labels: pinctrl, sysfs and gpioset all failed"
}

# named WHAT NAME LEVEL
named() {
  found=$(gpiofind "$2" 2> /dev/null) || found=
  if [ -n "$found" ]; then set -- "$1" "$2" "$3" $found; gpioset "$4" "$5=$3" && { say "$1" "OFF ($2)"; return; }
  elif gpioset -t 0 "$2=$3" 2> /dev/null; then say "$1" "OFF ($2)"; return; fi
  fail "$1" "line $2: gpioset cannot set it (install gpiod)"
}

# i2c WHAT BUS ADDRESS REGISTER VALUE [REGISTER VALUE]; REGISTER - : the byte alone
i2c() {
  what=$1 bus=$2 address=$3; shift 3
  while [ $# -gt 0 ]; do
    if [ "$1" = - ]; then i2cset -y "$bus" "$address" "$2"; else i2cset -y "$bus" "$address" "$1" "$2"; fi > /dev/null 2>&1 || return 1
    shift 2
  done
  say "$what" "OFF (i2c-$bus $address)"
}

# pwm WHAT STEADY DEVICE:CHANNEL...: STEADY 0 or 1 is the level at the pin for -12 V
pwm() {
  what=$1 steady=$2; shift 2
  for place do
    for chip in "$pwm_root"/pwmchip*; do
      case $(readlink -f "$chip/device") in *"\${place%:*}"*) ;; *) continue ;; esac
      out=$chip/pwm\${place##*:}
      [ -d "$out" ] || { say "$what" "OFF (it was never switched on)"; return; }
      if [ "$steady" = 1 ]; then cat "$out/period" > "$out/duty_cycle"; else echo 0 > "$out/duty_cycle"; fi && { say "$what" "steady -12 V, state F"; return; }
    done
  done
  fail "$what" "no PWM chip at $*"
}

# serial WHAT PATH BAUD PARITY BYTES: three times, because a bus that was in the middle of a frame loses the first
serial() {
  [ -c "$2" ] || { fail "$1" "$2 is not there"; return; }
  case $4 in even) parity='parenb -parodd' ;; odd) parity='parenb parodd' ;; *) parity=-parenb ;; esac
  stty -F "$2" "$3" cs8 -cstopb raw -echo $parity || { fail "$1" "$2 cannot be set to $3 baud"; return; }
  for try in 1 2 3; do printf "$5" > "$2" || { fail "$1" "$2 cannot be written"; return; }; sleep 0.3; done
  say "$1" "told to stop ($2)"
}
`
