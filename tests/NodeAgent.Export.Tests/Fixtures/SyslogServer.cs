// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>The ways on which a syslog server is reached.</summary>
public enum SyslogWay
{
    Udp,
    Tcp,
    Tls,

    /// <summary>TLS with a certificate of the client.</summary>
    MutualTls,
}

/// <summary>A real rsyslog or syslog-ng with a configuration of its own, which writes the MSG of what it gets to a file.</summary>
internal sealed class SyslogServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly SyslogWay _way;
    private readonly Func<SyslogServer, Task<ServerProcess>> _start;
    private ServerProcess? _process;

    private SyslogServer(SyslogWay way, Func<SyslogServer, Task<ServerProcess>> start)
    {
        _way = way;
        _start = start;
        Port = ServerProcess.FreePort(way == SyslogWay.Udp ? ProtocolType.Udp : ProtocolType.Tcp);
        Write("server", _authority.Issue("localhost"));
        Write("client", _authority.Issue("client"));
        File.WriteAllText(_folder.File("ca.pem"), _authority.Pem);
    }

    public int Port { get; }

    public bool IsDatagram => _way == SyslogWay.Udp;

    public string Log => _process?.Output ?? string.Empty;

    /// <summary>The messages that it wrote, each in a line.</summary>
    public string[] Messages
    {
        get
        {
            string file = _folder.File("messages");
            return File.Exists(file) ? [.. File.ReadAllText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())] : [];
        }
    }

    /// <param name="name">Shape: rsyslog or syslog-ng.</param>
    public static async Task<SyslogServer> StartAsync(string name, SyslogWay way)
    {
        var server = new SyslogServer(way, name == "rsyslog" ? StartRsyslogAsync : StartSyslogNgAsync);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public SyslogOptions Options(TlsFiles? tls = null) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        SettleTime = TimeSpan.FromMilliseconds(500),
        Tls = tls ?? (_way switch
        {
            SyslogWay.Tls => new TlsFiles { AuthorityFile = _folder.File("ca.pem") },
            SyslogWay.MutualTls => new TlsFiles { AuthorityFile = _folder.File("ca.pem"), CertificateFile = _folder.File("client.pem"), KeyFile = _folder.File("client.key") },
            _ => null,
        }),
    };

    public async Task StartAgainAsync()
    {
        _process = await _start(this);
        await (_way == SyslogWay.Udp ? _process.UntilBoundAsync(Port) : _process.UntilListeningAsync(Port));
    }

    public Task StopAsync() => _process!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _authority.Dispose();
        _folder.Dispose();
    }

    private static Task<ServerProcess> StartRsyslogAsync(SyslogServer server)
    {
        string program = DebianProgram.Installed("/usr/sbin/rsyslogd");
        string input = server._way switch
        {
            SyslogWay.Udp => $"module(load=\"imudp\")\ninput(type=\"imudp\" address=\"127.0.0.1\" port=\"{server.Port}\" ruleset=\"r\")",
            SyslogWay.Tcp => $"module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{server.Port}\" ruleset=\"r\")",
            _ => $"""
                global(defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{server._folder.File("ca.pem")}"
                    defaultNetstreamDriverCertFile="{server._folder.File("server.pem")}" defaultNetstreamDriverKeyFile="{server._folder.File("server.key")}")
                module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="{(server._way == SyslogWay.MutualTls ? "x509/certvalid" : "anon")}")
                input(type="imtcp" address="127.0.0.1" port="{server.Port}" ruleset="r")
                """,
        };
        File.WriteAllText(server._folder.File("rsyslog.conf"), $$"""
            global(workDirectory="{{server._folder.Path}}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
            template(name="message" type="string" string="%msg%\n")
            ruleset(name="r") { action(type="omfile" file="{{server._folder.File("messages")}}" template="message") }
            {{input}}
            """);
        return Task.FromResult(ServerProcess.Start(program, ["-n", "-f", server._folder.File("rsyslog.conf"), "-i", server._folder.File("pid")]));
    }

    private static async Task<ServerProcess> StartSyslogNgAsync(SyslogServer server)
    {
        string program = await DebianProgram.UnpackedAsync("syslog-ng-core", "usr/sbin/syslog-ng");
        string root = program[..program.LastIndexOf("/usr/sbin/", StringComparison.Ordinal)];
        string library = root + "/usr/lib/syslog-ng";
        string tls = $"""tls(key-file("{server._folder.File("server.key")}") cert-file("{server._folder.File("server.pem")}") ca-file("{server._folder.File("ca.pem")}") peer-verify({(server._way == SyslogWay.MutualTls ? "required-trusted" : "optional-untrusted")}))""";
        string transport = server._way switch { SyslogWay.Udp => "transport(udp)", SyslogWay.Tcp => "transport(tcp)", _ => "transport(tls) " + tls };
        await File.WriteAllTextAsync(server._folder.File("syslog-ng.conf"), $$"""
            @version: 3.38
            options { stats-freq(0); };
            source s { syslog(ip(127.0.0.1) port({{server.Port}}) {{transport}} flags(no-multi-line)); };
            destination d { file("{{server._folder.File("messages")}}" template("$MSG\n")); };
            log { source(s); destination(d); };
            """);
        return ServerProcess.Start(
            program,
            ["-F", "-f", server._folder.File("syslog-ng.conf"), "-R", server._folder.File("persist"), "-p", server._folder.File("pid"), "-c", server._folder.File("control"), "--no-caps", $"--module-path={Directory.GetDirectories(library, "3.*").Single()}"],
            ("LD_LIBRARY_PATH", library));
    }

    private void Write(string name, X509Certificate2 certificate)
    {
        using (certificate)
        {
            File.WriteAllText(_folder.File(name + ".pem"), certificate.ExportCertificatePem());
            using System.Security.Cryptography.ECDsa key = certificate.GetECDsaPrivateKey()!;
            File.WriteAllText(_folder.File(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
