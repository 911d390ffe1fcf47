// A zip from a stream, as ZipInputStream has it: it takes a stored entry only
// if its local header says size and CRC. Prints the names.
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

public class ReadZip {
    public static void main(String[] args) throws Exception {
        try (ZipInputStream zip = new ZipInputStream(System.in)) {
            for (ZipEntry e; (e = zip.getNextEntry()) != null;) {
                zip.transferTo(java.io.OutputStream.nullOutputStream());
                System.out.println(e.getName());
            }
        }
    }
}
