// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class CloudProviderSensorTests : IDisposable
{
    private const string Secret = "metadata-secret-of-the-node";

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    // A server as each cloud has it: which answers what.
    [Theory]
    [InlineData("v1 and v2", "GET /latest/meta-data/ami-id", "PUT /latest/api/token x-aws-ec2-metadata-token-ttl-seconds", "aws-imdsv1:plain aws-imdsv2", true)]
    [InlineData("v2 only", "PUT /latest/api/token x-aws-ec2-metadata-token-ttl-seconds", "", "aws-imdsv2", false)]
    [InlineData("gcp", "GET /computeMetadata/v1/instance/id metadata-flavor", "", "gcp", false)]
    [InlineData("azure", "GET /metadata/instance?api-version=2021-02-01 metadata", "", "azure", false)]
    [InlineData("openstack", "GET /openstack/latest/meta_data.json", "", "openstack:plain", true)]
    [InlineData("none of them", "GET /nothing", "", "", false)]
    public void Read_Server_TellsWhichServiceAnswersAndHow(string name, string first, string second, string services, bool isPlain)
    {
        Assert.NotEmpty(name);
        using var server = new MetadataServer([first, second]);
        using var asked = new HttpMetadataServices(server.Address);

        JsonElement spec = Scan(asked);

        Assert.Equal(services, string.Join(' ', spec.GetProperty("metadataServices").EnumerateArray().Where(Answers).Select(Described)));
        Assert.Equal((services.Length > 0, isPlain), (spec.GetProperty("providerMetaDataAPIAccess").GetBoolean(), spec.GetProperty("answersPlainRequests").GetBoolean()));
        Assert.DoesNotContain(Secret, spec.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ServerThatNeverAnswers_DoesNotHoldTheScanUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var asked = new HttpMetadataServices(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        long began = TimeProvider.System.GetTimestamp();

        JsonElement spec = Scan(asked);

        Assert.False(spec.GetProperty("providerMetaDataAPIAccess").GetBoolean());
        // One second, and room for a machine that is busy.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Read_NobodyThere_IsAnAnswer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var asked = new HttpMetadataServices(new Uri($"http://127.0.0.1:{port}/"));

        Assert.Equal("[]", Scan(asked).At("metadataServices"));
    }

    [Fact]
    public void Read_NobodyAsked_TellsTheFirmware()
    {
        _tree.BottlerocketNode();

        JsonElement spec = Scan(null);

        Assert.Equal(("aws", "Amazon EC2", "m5.large"), (spec.At("provider"), spec.At("vendor"), spec.At("product")));
        Assert.Null(spec.At("metadataServices"));
        Assert.Null(spec.At("providerMetaDataAPIAccess"));
    }

    private static bool Answers(JsonElement service) => service.GetProperty("answers").GetBoolean();

    private static string Described(JsonElement service) => service.At("service") + (service.GetProperty("isPlain").GetBoolean() ? ":plain" : string.Empty);

    private JsonElement Scan(IMetadataServices? services) => _tree.Scan(new CloudProviderSensor(services)).Of("CloudProviderInfo")!.Spec!.Value;

    /// <summary>HTTP as small as it goes, over a real socket: 200 for the requests that it knows, if they have their header, and 404 for others.</summary>
    private sealed class MetadataServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string[] _known;

        public MetadataServer(string[] known)
        {
            _known = known;
            _listener.Start();
            _ = ServeAsync();
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
                string[] line = (await reader.ReadLineAsync() ?? string.Empty).Split(' ');
                var headers = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    headers.Add(header.Split(':')[0]);
                }

                bool isKnown = line.Length > 1 && _known.Select(known => known.Split(' ')).Any(known => known.Length > 1 && known[0] == line[0] && known[1] == line[1] && (known.Length < 3 || headers.Contains(known[2])));
                string status = isKnown ? "200 OK" : "404 Not Found";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {Secret.Length}\r\nConnection: close\r\n\r\n{Secret}"));
            }
        }
    }
}
