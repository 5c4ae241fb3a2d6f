#!/usr/bin/env bash
# Real nginx: the answers a proxy gives, and certificates that fit or do not.
source "$(dirname "$0")/lib.bash"
debian nginx nginx
debian openssl openssl
debian faketime faketime
PATH=$PATH:/usr/sbin
HTTP=$(free_port); TLS=$(free_port); WRONG=$(free_port); OLD=$(free_port); DEAD=$(free_port)
cd "$WORK"; mkdir -p html/static tmp; echo hello >html/static/a.txt
printf 'user:%s\n' "$(openssl passwd -apr1 secret)" >htpasswd

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=partner root" -keyout ca.key -out ca.pem 2>/dev/null
leaf() { # FILE NAME [faketime]
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  ${3:+faketime "$3"} openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile <(printf 'subjectAltName=DNS:%s' "$2") -out "$1.pem" 2>/dev/null
}
leaf good api.example.test; leaf wrong other.example.test; leaf old api.example.test '2020-01-01'

cat >nginx.conf <<CONF
daemon off; pid $WORK/nginx.pid; error_log stderr crit; worker_processes 1;
events {}
http {
  access_log off; default_type text/plain;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  map \$request_method \$preflight { OPTIONS 1; default 0; }
  server {
    listen 127.0.0.1:$HTTP; root $WORK/html;
    location /static/ { }
    location /right { if (\$request_method = OPTIONS) { add_header Access-Control-Allow-Origin https://app.example.com; add_header Access-Control-Allow-Methods "GET, PUT"; add_header Access-Control-Allow-Headers content-type; add_header Vary Origin; return 204; } add_header Access-Control-Allow-Origin https://app.example.com always; add_header Vary Origin always; return 200 ok; }
    location /dropped { add_header Access-Control-Allow-Origin https://app.example.com; add_header Access-Control-Allow-Methods PUT; if (\$request_method = OPTIONS) { add_header X-Handled-By nginx; return 204; } return 200 ok; }
    location /login { auth_basic "staff"; auth_basic_user_file $WORK/htpasswd; }
    location /moved { return 301 /elsewhere; }
    location /slash { return 301 /slash/; }
    location /https { return 301 https://127.0.0.1\$request_uri; }
    location /twice { add_header Access-Control-Allow-Origin https://app.example.com; add_header Access-Control-Allow-Origin https://app.example.com; return 200 ok; }
    location /other { add_header Access-Control-Allow-Origin https://www.app.example.com; return 200 ok; }
    location /errors { add_header Access-Control-Allow-Origin https://app.example.com; return 404 gone; }
    location /closed { return 444; }
    location /down { proxy_pass http://127.0.0.1:$DEAD; }
    location /none { return 200 ok; }
    location /slow { return 429 "slow down"; }
  }
  server { listen 127.0.0.1:$TLS ssl; ssl_certificate $WORK/good.pem; ssl_certificate_key $WORK/good.key; location / { add_header Access-Control-Allow-Origin *; return 200 ok; } }
  server { listen 127.0.0.1:$WRONG ssl; ssl_certificate $WORK/wrong.pem; ssl_certificate_key $WORK/wrong.key; }
  server { listen 127.0.0.1:$OLD ssl; ssl_certificate $WORK/old.pem; ssl_certificate_key $WORK/old.key; }
}
CONF
nginx -p "$WORK" -c "$WORK/nginx.conf" & PIDS+=($!)
wait_port "$HTTP"; wait_port "$OLD"
at() { printf 'http://127.0.0.1:%s/%s' "$HTTP" "$1"; }
APP=(--origin https://app.example.com)
# The page is https and the server is not: use an http page where mixed content is not the point (loopback is exempt anyway).
ask "PUT that is right" 0 none "$(at right)" "${APP[@]}" --method PUT --header content-type
ask "static files know no OPTIONS" 1 preflight-not-handled "$(at static/a.txt)" "${APP[@]}" --method PUT
ask "an if block that drops the headers" 1 missing-allow-origin "$(at dropped)" "${APP[@]}" --method PUT
ask "password asked of the preflight" 1 preflight-auth-required "$(at login)" "${APP[@]}" --method PUT
ask "redirect" 1 'preflight-redirect|trailing-slash-redirect' "$(at moved)" "${APP[@]}" --method PUT
ask "slash redirect" 1 trailing-slash-redirect "$(at slash)" "${APP[@]}" --method PUT
ask "to https" 1 https-redirect "$(at https)" "${APP[@]}" --method PUT
ask "two Allow-Origin lines" 1 multiple-allow-origin "$(at twice)" "${APP[@]}"
ask "www" 1 allow-origin-mismatch "$(at other)" "${APP[@]}"
ask "add_header without always" 1 'nginx-add-header-always|actual-error-without-cors' "$(at errors)" "${APP[@]}"
ask "closed" 1 http-connection-closed "$(at closed)" "${APP[@]}"
ask "upstream down" 1 'actual-error-without-cors' "$(at down)" "${APP[@]}"
ask "no header" 1 actual-response-missing-cors "$(at none)" "${APP[@]}"
ask "rate limit" 1 preflight-rate-limited "$(at slow)" "${APP[@]}" --method PUT
ask "refused" 1 tcp-refused "http://127.0.0.1:$DEAD/" "${APP[@]}"
host() { printf -- '--resolve api.example.test:%s:127.0.0.1' "$1"; }
ask "certificate that fits" 0 none "https://api.example.test:$TLS/" "${APP[@]}" --cacert ca.pem $(host "$TLS")
ask "unknown authority" 1 tls-untrusted-ca "https://api.example.test:$TLS/" "${APP[@]}" $(host "$TLS")
ask "certificate of another name" 1 tls-hostname-mismatch "https://api.example.test:$WRONG/" "${APP[@]}" --cacert ca.pem $(host "$WRONG")
ask "certificate that ran out" 1 tls-expired "https://api.example.test:$OLD/" "${APP[@]}" --cacert ca.pem $(host "$OLD")
ask "TLS spoken to plain HTTP" 1 tls-handshake "https://127.0.0.1:$HTTP/" "${APP[@]}" --cacert ca.pem
finish
