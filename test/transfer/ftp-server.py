"""An FTP server for tests, on a free port of loopback, which it prints. anna may do everything below the directory, bob may only look.
Arguments: directory, then a file with certificate and key (TLS required), then `implicit`.
Of a file whose name has `broken` in it the first download breaks after 100 kB."""
import logging
import sys
import time
import warnings

warnings.simplefilter('ignore')
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

directory, *tls = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user('anna', 'geh@im/#', directory, perm='elradfmwMT')
authorizer.add_user('bob', 'bob', directory, perm='el')

Parent = TLS_FTPHandler if tls else FTPHandler


class Dtp(Parent.dtp_handler):
    def send(self, data):
        if self.cmd_channel.breaks and self.tot_bytes_sent >= 100_000:
            time.sleep(0.2)  # whoever fetches has written down what it got: a break before that is no broken download but a failed one
            self.cmd_channel.close()
            return 0
        return super().send(data)

    def readable(self):
        # A client may begin its handshake before its command is read: this server would take that for a hang-up.
        return self.file_obj is not None and super().readable()


class Handler(Parent):
    dtp_handler = Dtp
    use_sendfile = False
    broken = set()
    breaks = False

    def ftp_RETR(self, file):
        self.breaks = 'broken' in file and file not in Handler.broken
        Handler.broken.add(file)
        return super().ftp_RETR(file)


if tls:
    Handler.certfile = tls[0]
    Handler.tls_control_required = True
    Handler.tls_data_required = True
if 'implicit' in tls:
    greet = Handler.handle
    Handler.handle = lambda self: self.secure_connection(self.ssl_context)
    Handler.handle_ssl_established = greet

Handler.authorizer = authorizer
Handler.auth_failed_timeout = 0.01
Handler.banner = 'tests'
server = FTPServer(('127.0.0.1', 0), Handler)
print(server.socket.getsockname()[1], flush=True)
logging.disable(logging.CRITICAL)
server.serve_forever()
